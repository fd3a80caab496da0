//! The pages: the only room that names axum.
