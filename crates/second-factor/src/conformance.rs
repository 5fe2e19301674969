//! What a store must pass.
