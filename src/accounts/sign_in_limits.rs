/// How often someone may try to sign in.
#[derive(Debug, Default)]
pub struct SignInLimits;
