mod error;
pub use error::HighWaterError;
