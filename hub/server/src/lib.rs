//! The hub: actix-web edge, configuration, wiring.
