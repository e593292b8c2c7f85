use rand::RngExt;

use super::Random;

/// Somebody who does not exist and has to prove who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The reference by which the product that asks for the proof knows them.
    pub reference: String,
    pub first_name: &'static str,
    pub last_name: &'static str,
    pub country: &'static str,
    pub city: &'static str,
    pub street: String,
    /// As `1984-03-09`.
    pub born: String,
}

impl Person {
    /// The next person of a crowd of that many: in a small crowd the same people come back.
    pub fn of_a_crowd(size: u32, random: &mut Random) -> Self {
        let number = random.random_range(0..size.max(1));
        let of = |list: &[&'static str], stride: u32| list[(number / stride) as usize % list.len()];
        let place = PLACES[(number / 7) as usize % PLACES.len()];
        Self {
            reference: format!("user-{}", 10_000 + number),
            first_name: of(FIRST_NAMES, 1),
            last_name: of(LAST_NAMES, 5),
            country: place.0,
            city: place.1,
            street: format!("{} {}", 1 + number * 17 % 190, STREETS[(number / 3) as usize % STREETS.len()]),
            born: format!(
                "{}-{:02}-{:02}",
                1950 + number * 13 % 55,
                1 + number * 5 % 12,
                1 + number * 11 % 28
            ),
        }
    }

    /// Under a domain that belongs to nobody.
    pub fn email(&self) -> String {
        format!("{}.{}@example.com", self.first_name, self.last_name).to_lowercase()
    }
}

const FIRST_NAMES: &[&str] = &[
    "Amara", "Bela", "Chiara", "Dario", "Edda", "Farid", "Greta", "Hamza", "Ines", "Jonas", "Kaya", "Leon", "Mira", "Nils",
    "Odile", "Pablo", "Rania", "Sven", "Tara", "Umar", "Vera", "Wanda", "Yusuf", "Zoe",
];

const LAST_NAMES: &[&str] = &[
    "Abara",
    "Berglund",
    "Castellan",
    "Dimitrov",
    "Eriksen",
    "Fontaine",
    "Grabowski",
    "Halloran",
    "Ito",
    "Jansen",
    "Kovac",
    "Lindqvist",
    "Moreau",
    "Nakata",
    "Okafor",
    "Pereira",
    "Quist",
    "Romano",
    "Sato",
    "Tanaka",
    "Underhill",
    "Vasquez",
    "Weber",
    "Yilmaz",
    "Zeman",
];

/// Countries, each with one of its cities.
const PLACES: &[(&str, &str)] = &[
    ("DE", "Leipzig"),
    ("FR", "Nantes"),
    ("US", "Portland"),
    ("KE", "Nakuru"),
    ("TH", "Chiang Mai"),
    ("HK", "Sha Tin"),
    ("ES", "Oviedo"),
    ("SE", "Lund"),
    ("BR", "Recife"),
];

const STREETS: &[&str] = &[
    "Mill Lane",
    "Station Road",
    "Harbour Street",
    "Orchard Way",
    "Bridge Street",
    "Hill Road",
];
