/// The re-verifications that run on this node, by endpoint.
#[derive(Debug, Default)]
pub struct Reverifications;
