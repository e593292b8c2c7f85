//! Case Keeper's event keys, under the dashboard types of its table.

use model::Outcome;

use super::super::CatalogueEntry;
use super::super::about::entry;

#[rustfmt::skip] // A table reads best with a line for each row.
pub(super) static CATALOGUE: &[CatalogueEntry] = &[
    entry("All", "verification.created", "A verification was set up", Outcome::Pending),
    entry("All", "verification.updated", "The person accepted the welcome and consent pages, or the verification changed", Outcome::Updated),
    entry("All", "verification.verified", "Every step was verified", Outcome::Approved),
    entry("All", "verification.completed", "Every step is done", Outcome::Completed),
    entry("All", "verification.deleted", "The verification was deleted", Outcome::Updated),
    entry("KYC", "verification.frontIdCardResult.created", "The front of the ID card was read", Outcome::Updated),
    entry("KYC", "verification.frontIdCardResult.confirmed", "The reading of the front of the ID card was confirmed", Outcome::Updated),
    entry("KYC", "verification.frontIdCardResult.updated", "The reading of the front of the ID card was corrected", Outcome::Updated),
    entry("KYC", "verification.backIdCardResult.created", "The back of the ID card was read", Outcome::Updated),
    entry("KYC", "verification.backIdCardResult.confirmed", "The reading of the back of the ID card was confirmed", Outcome::Updated),
    entry("KYC", "verification.backIdCardResult.updated", "The reading of the back of the ID card was corrected", Outcome::Updated),
    entry("KYC", "verification.dopaResult.created", "The ID card was checked with the registry (DOPA)", Outcome::Updated),
    entry("KYC", "verification.dopaResult.confirmed", "The registry's answer was confirmed", Outcome::Updated),
    entry("KYC", "verification.dopaResult.updated", "The registry's answer changed", Outcome::Updated),
    entry("KYC", "verification.passportResult.created", "The passport was read", Outcome::Updated),
    entry("KYC", "verification.passportResult.confirmed", "The reading of the passport was confirmed", Outcome::Updated),
    entry("KYC", "verification.passportResult.updated", "The reading of the passport was corrected", Outcome::Updated),
    entry("KYC", "verification.idFaceRecognitionResult.created", "The face was compared with the ID card", Outcome::Updated),
    entry("KYC", "verification.idFaceRecognitionResult.confirmed", "The comparison of faces was confirmed", Outcome::Updated),
    entry("KYC", "verification.idFaceRecognitionResult.updated", "The comparison of faces was repeated", Outcome::Updated),
    entry("Dip Chip", "verification.dipChipResult.created", "The chip of the ID card is to be read at an appointment", Outcome::Updated),
    entry("Dip Chip", "verification.dipChipResult.confirmed", "The reading of the chip was confirmed", Outcome::Updated),
    entry("Dip Chip", "verification.dipChipResult.updated", "The reading of the chip changed", Outcome::Updated),
    entry("Dip Chip", "verification.appointment.created", "An appointment to read the chip was made", Outcome::Updated),
    entry("Dip Chip", "verification.appointment.updated", "The appointment was changed", Outcome::Updated),
    entry("Dip Chip", "verification.appointment.validated", "The outcome of the appointment was checked", Outcome::Updated),
    entry("CC", "verification.criminalCheckResult.created", "A check of criminal records was ordered", Outcome::Updated),
    entry("CC", "verification.criminalCheckResult.confirmed", "The answer on criminal records was confirmed", Outcome::Updated),
    entry("CC", "verification.criminalCheckResult.updated", "The answer on criminal records changed", Outcome::Updated),
    entry("CC", "verification.criminalCheckResult.resultDocumentUrl.read", "The document on criminal records was downloaded", Outcome::Updated),
    entry("EV", "verification.employmentVerificationResult.created", "A check of the employment was ordered", Outcome::Updated),
    entry("EV", "verification.employmentVerificationResult.confirmed", "The answer on the employment was confirmed", Outcome::Updated),
    entry("EV", "verification.employmentVerificationResult.updated", "The answer on the employment changed", Outcome::Updated),
    entry("EV", "verification.employmentVerificationResult.resultDocumentUrl.read", "The document on the employment was downloaded", Outcome::Updated),
    entry("Sanction List", "verification.sanction.created", "The search in sanction lists is done", Outcome::Updated),
    entry("Bankruptcy", "verification.bankruptcyResult.created", "The search for a bankruptcy is done", Outcome::Updated),
];
