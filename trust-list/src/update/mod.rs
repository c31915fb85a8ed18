mod error;
pub use error::{Fault, UpdateError};
