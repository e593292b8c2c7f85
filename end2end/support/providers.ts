import { createHmac } from 'node:crypto';
import type { Webhook } from './hookproof';

export const PERSONA_SECRET = 'wbhsec_end2end-7f1d3a52-persona';
export const AUTHENTO_SECRET = 'authento-end2end-secret';

export interface PersonaEvent {
  /** Such as `inquiry.approved`. */
  name?: string;
  subject?: string;
  /** The event's own id; two webhooks with the same one tell of the same event. */
  id?: string;
}

let made = 0;

/** A number that no other webhook of this run has. */
function next(): string {
  made += 1;
  return String(made).padStart(6, '0');
}

export function personaBody(event: PersonaEvent = {}): Buffer {
  const number = next();
  const name = event.name ?? 'inquiry.approved';
  return Buffer.from(
    JSON.stringify({
      data: {
        type: 'event',
        id: event.id ?? `evt_end2end${number}`,
        attributes: {
          name,
          'created-at': new Date().toISOString(),
          payload: {
            data: {
              type: 'inquiry',
              id: `inq_end2end${number}`,
              attributes: { status: name.split('.')[1], 'reference-id': event.subject ?? `user-${number}` },
            },
            included: [],
          },
        },
      },
    }),
  );
}

/** Signs a body as Persona does: HMAC-SHA256 in hex over the time in seconds, a dot and the body. */
export function personaSigned(body: Buffer, secret = PERSONA_SECRET, at = Math.floor(Date.now() / 1000)): Webhook {
  const signature = createHmac('sha256', secret).update(`${at}.`).update(body).digest('hex');
  return { headers: { 'Persona-Signature': `t=${at},v1=${signature}` }, body };
}

export function persona(event: PersonaEvent = {}): Webhook {
  return personaSigned(personaBody(event));
}

/** Signed, and then altered on the way: approved where the provider said declined. */
export function personaAltered(event: PersonaEvent = {}): Webhook {
  const signed = personaSigned(personaBody({ ...event, name: 'inquiry.declined' }));
  return { ...signed, body: Buffer.from(signed.body.toString().replaceAll('declined', 'approved')) };
}

export function authento(event = 'REVIEWED', subject = `applicant-${next()}`): Webhook {
  const body = Buffer.from(
    JSON.stringify({
      event,
      userId: `u-${next()}`,
      userIdentifier: subject,
      type: 'INDIVIDUAL',
      status: { basic: 'REJECTED', poa: 'VERIFIED' },
      timeCreated: Date.now() / 1000,
    }),
  );
  const digest = createHmac('sha256', AUTHENTO_SECRET).update(body).digest('hex');
  return { headers: { 'X-PAYLOAD-DIGEST': digest }, body };
}

/** Case Keeper signs nothing. */
export function caseKeeper(key = 'verification.updated'): Webhook {
  return { headers: {}, body: Buffer.from(JSON.stringify({ key, data: { id: `ck-${next()}` } })) };
}
