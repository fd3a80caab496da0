//! What holds for every command.

use crate::harness::Engine;
use crate::treff::Treff;

#[tokio::test]
async fn a_usage_error_is_a_document_as_well() {
    let treff = Treff::new(Engine::Sqlite).await;
    for wrong in [&["bogus"][..], &["delivery", "retry", "x"], &["edition", "plan"]] {
        let errors = treff.run(wrong).refused();
        assert_eq!(errors.len(), 1, "{wrong:?}");
        assert!(errors[0].starts_with("error: "), "{errors:?}");
    }
}
