//! What the name of a field tells of its value, in whatever way the name is written: `firstName`, `first_name`,
//! `name-first` and `FIRST NAME` are read as the same words.

/// What a value is, going by where it stands. Ordered: what is more personal wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A status, type, score or time, which tells the outcome whatever stands around it.
    Neutral,
    Plain,
    /// Something that belongs to a picture: personal where it leads to the picture or is one.
    Picture,
    Personal,
}

/// How long a name may be to be read, in bytes. Nobody names a field so; what hides behind a longer one is masked.
const LONGEST_NAME: usize = 256;

/// The name of a field.
pub(super) struct Key {
    /// In lower case.
    words: Vec<String>,
    is_too_long: bool,
}

/// A word that makes a name personal wherever it stands.
#[rustfmt::skip] // A list reads best in groups.
const PERSONAL: &[&str] = &[
    // Names, also written as one word.
    "surname", "forename", "firstname", "lastname", "middlename", "givenname", "familyname", "fullname", "nickname",
    "username", "patronymic", "initials",
    // Where they can be reached.
    "email", "emails", "mail", "phone", "phones", "telephone", "tel", "mobile", "msisdn", "cellphone", "fax", "whatsapp",
    "emailaddress", "phonenumber", "mobilenumber",
    // When they were born.
    "birth", "birthdate", "birthday", "birthplace", "dateofbirth", "dob", "age",
    // Where they live and are.
    "address", "addresses", "street", "streetaddress", "city", "town", "village", "postal", "postalcode", "postcode", "zip",
    "zipcode", "province", "district", "subdistrict", "subdivision", "locality", "suburb", "latitude", "longitude", "lat",
    "lng", "lon", "geolocation", "coordinates", "ip", "ips", "ipv", "ipaddress",
    // What states and banks call them.
    "passport", "ssn", "nin", "nric", "bvn", "cpf", "curp", "pesel", "aadhaar", "pan", "iban", "mrz", "laser", "idnumber",
    "documentnumber", "passportnumber", "nationalid", "taxid", "taxnumber", "cardnumber",
    // What they are, and what was written of them.
    "gender", "sex", "nationality", "religion", "race", "ethnicity", "occupation", "fingerprint", "note", "notes", "comment",
    "comments", "remark", "remarks",
];

/// Beside `name`: the name of a person, and not of an event or a check.
#[rustfmt::skip] // A list reads best in lines.
const OF_PERSONS: &[&str] = &[
    "first", "last", "middle", "given", "family", "sur", "full", "maiden", "legal", "birth", "nick", "native", "holder",
    "mother", "father", "spouse", "latin", "local", "english", "thai", "other", "prefix", "suffix", "person", "customer",
    "applicant", "owner", "display", "user",
];

/// Before `number`: a number that stands for a person.
#[rustfmt::skip] // A list reads best in lines.
const NUMBERED: &[&str] = &[
    "document", "identification", "identity", "id", "national", "tax", "social", "security", "license", "licence", "card",
    "citizen", "personal", "permit", "visa", "voter", "driver", "driving", "account", "insurance", "resident",
    "registration",
];

/// Before `id`: an id that a state gave, and not an object's.
const GIVEN_BY_A_STATE: &[&str] = &["national", "tax", "citizen", "personal", "voter", "resident", "state"];

#[rustfmt::skip] // A list reads best in lines.
const PICTURES: &[&str] = &[
    "selfie", "selfies", "photo", "photos", "picture", "pictures", "image", "images", "portrait", "avatar", "video",
    "videos", "front", "back", "face", "scan", "scans",
];

const LINKS: &[&str] = &["url", "urls", "uri", "link", "links", "href", "src", "base64"];

/// Last words of names whose values tell the outcome.
#[rustfmt::skip] // A list reads best in lines.
const NEUTRAL: &[&str] = &[
    "status", "type", "verified", "valid", "confirmed", "score", "confidence", "count", "at", "result", "match", "matches",
];

impl Key {
    pub(super) fn read(key: &str) -> Self {
        let mut words: Vec<String> = Vec::new();
        let is_too_long = key.len() > LONGEST_NAME;
        let key = &key[..key.floor_char_boundary(LONGEST_NAME)];
        let mut word = String::new();
        let mut characters = key.chars().peekable();
        let mut before = ' ';
        while let Some(character) = characters.next() {
            let next_is_small = characters.peek().is_some_and(|next| next.is_lowercase());
            let begins = character.is_uppercase() && (before.is_lowercase() || (before.is_uppercase() && next_is_small))
                || character.is_numeric() != before.is_numeric();
            if (begins || !character.is_alphanumeric()) && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if character.is_alphanumeric() {
                word.extend(character.to_lowercase());
            }
            before = character;
        }
        if !word.is_empty() {
            words.push(word);
        }
        Self { words, is_too_long }
    }

    /// As the providers' rules write it: `created-at`.
    pub(super) fn joined(&self) -> String {
        self.words.join("-")
    }

    /// Whether it is that one word.
    pub(super) fn is_one_of(&self, words: &[&str]) -> bool {
        matches!(self.words.as_slice(), [only] if words.contains(&only.as_str()))
    }

    /// Whether it names something whose number stands for a person, such as a document.
    pub(super) fn is_numbered(&self) -> bool {
        let mut words = self.words.iter().map(|word| word.strip_suffix('s').unwrap_or(word));
        words.any(|word| NUMBERED.contains(&word))
    }

    /// `in_numbered` says whether the name of what it stands in [is numbered](Self::is_numbered).
    pub(super) fn kind(&self, in_numbered: bool) -> Kind {
        let last = self.last();
        if self.is_too_long {
            return Kind::Personal;
        }
        if NEUTRAL.contains(&last) {
            return Kind::Neutral;
        }
        let is_picture = self.has(PICTURES);
        if self.has(PERSONAL) || self.is_name() || self.is_number(last, in_numbered) || (is_picture && self.has(LINKS)) {
            Kind::Personal
        } else if is_picture {
            Kind::Picture
        } else {
            Kind::Plain
        }
    }

    fn is_name(&self) -> bool {
        match self.words.as_slice() {
            [only] => only == "name" || only == "names",
            _ => self.has(&["name", "names"]) && self.has(OF_PERSONS),
        }
    }

    fn is_number(&self, last: &str, in_numbered: bool) -> bool {
        match last {
            "number" | "numbers" | "no" | "num" => self.is_numbered() || (self.words.len() == 1 && in_numbered),
            "id" => self.has(GIVEN_BY_A_STATE),
            _ => false,
        }
    }

    /// The last word that is not a number: `street_1` is a street.
    fn last(&self) -> &str {
        let mut words = self.words.iter().rev();
        let is_word = |word: &&String| !word.chars().all(char::is_numeric);
        words.find(is_word).map_or("", String::as_str)
    }

    fn has(&self, words: &[&str]) -> bool {
        self.words.iter().any(|word| words.contains(&word.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_the_same_words_however_it_is_written() {
        let check = |key: &str, expected: &str| assert_eq!(Key::read(key).joined(), expected, "{key}");
        check("created-at", "created-at");
        check("createdAt", "created-at");
        check("CREATED_AT", "created-at");
        check("Created At", "created-at");
        check("IDNumber", "id-number");
        check("frontIDCardURL", "front-id-card-url");
        check("address_street_1", "address-street-1");
        check("address1", "address-1");
        check("ÉtatCivil", "état-civil");
        check("--", "");
        check("", "");
    }

    #[test]
    fn a_name_tells_whether_the_value_is_personal() {
        let check = |keys: &str, expected: Kind| {
            for key in keys.split(' ') {
                assert_eq!(Key::read(key).kind(false), expected, "{key}");
            }
        };
        check(
            "name fullName first_name name-last surname middlename mother_name username displayName",
            Kind::Personal,
        );
        check(
            "email email-address phoneNumber mobile birthdate date_of_birth dob dateOfBirth estimatedAge",
            Kind::Personal,
        );
        check(
            "address-street-1 address_city postalCode ZIP id_number documentNumber passport_no nationalId",
            Kind::Personal,
        );
        check(
            "identification-number tax_id social-security-number cardNumber laserCode gender ip ip-address",
            Kind::Personal,
        );
        check("front-photo-url selfieUrl image_url reviewer-comment", Kind::Personal);
        check("selfie photo frontIdCard face_data", Kind::Picture);
        check(
            "email_status phone-type created-at birthVerifiedAt faceScore status type eventType",
            Kind::Neutral,
        );
        check("frontIdCardResult confidence", Kind::Neutral);
        check(
            "id userId reference-id event key previous-step-name template_name response_code detail url",
            Kind::Plain,
        );
        check(
            "request_id country-code capacity number attempt_number description tags",
            Kind::Plain,
        );
        check("", Kind::Plain);
        assert_eq!(Key::read(&"a".repeat(257)).kind(false), Kind::Personal);
    }

    #[test]
    fn a_number_is_that_of_what_it_stands_in() {
        let check = |parent: &str, key: &str, expected: Kind| {
            let parent = Key::read(parent);
            assert_eq!(Key::read(key).kind(parent.is_numbered()), expected, "{key}");
        };
        check("document", "number", Kind::Personal);
        check("idCards", "no", Kind::Personal);
        check("attempt", "number", Kind::Plain);
        check("document", "pages", Kind::Plain);
    }
}
