//! What a profile cannot express about a country: checks of its numbers.
