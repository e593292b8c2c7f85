use std::net::SocketAddr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The secret of the endpoint that the load is sent to.
pub const SECRET: &str = "wbhsec_2f6b4c18-7d35-4a90-9a0e-5b1f8c3d6e27";

/// How long a signature is, in hexadecimal digits.
pub const SIGNATURE_LENGTH: usize = 64;

/// What follows the signature in a request, up to the body.
pub const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// Signs webhooks for one endpoint as Persona does.
#[derive(Debug, Clone)]
pub struct Sender {
    pub address: SocketAddr,
    /// The last segment of the endpoint's address.
    pub token: String,
}

impl Sender {
    /// A signed request as it goes over the wire: the signature is the last header. `now` is in Unix seconds.
    pub fn request(&self, now: i64, body: &[u8]) -> Vec<u8> {
        let Self { address, token } = self;
        let length = body.len();
        let head = format!(
            "POST /hooks/{token} HTTP/1.1\r\n\
             host: {address}\r\n\
             user-agent: persona-webhooks\r\n\
             accept: */*\r\n\
             content-type: application/json\r\n\
             content-length: {length}\r\n\
             persona-webhook-attempts-made: 0\r\n\
             persona-webhook-attempts-left: 8\r\n\
             persona-signature: t={now},v1="
        );
        let signature = Signature::begin(now).over(body).finish();
        [head.as_bytes(), &signature, END_OF_HEAD, body].concat()
    }
}

/// A signature in the making. Cloned where the beginning of a body stays the same from request to request.
#[derive(Clone)]
pub struct Signature(Hmac<Sha256>);

impl Signature {
    pub fn begin(now: i64) -> Self {
        let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("HMAC takes keys of any length");
        Self(mac).over(format!("{now}.").as_bytes())
    }

    pub fn over(mut self, bytes: &[u8]) -> Self {
        self.0.update(bytes);
        self
    }

    pub fn finish(self) -> [u8; SIGNATURE_LENGTH] {
        let mut digits = [0; SIGNATURE_LENGTH];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0.finalize().into_bytes()) {
            pair.copy_from_slice(&[hex_digit(byte >> 4), hex_digit(byte & 15)]);
        }
        digits
    }
}

/// Writes a number in hexadecimal over the whole of `place`, with leading zeros.
pub fn write_hex(mut number: u64, place: &mut [u8]) {
    for digit in place.iter_mut().rev() {
        *digit = hex_digit((number & 15) as u8);
        number >>= 4;
    }
}

fn hex_digit(value: u8) -> u8 {
    b"0123456789abcdef"[usize::from(value)]
}
