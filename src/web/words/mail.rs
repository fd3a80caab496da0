//! Words of the page that tells whether letters arrive: `templates/locale/page/mail.{nb,nn,en}.toml`. What ends in `_do`
//! (or `_ask`, where nobody here knows the record) is what to do about it: each line a step.

super::table::words! {
    Words {}
    page, PageWords:
        title lead link link_line stuck try_button try_line tried sum_good sum_look sum_local sum_wrong busy too_often good look wrong unknown record record_name record_value operator test test_line test_link test_other;
    relay, Relay:
        title untried good encrypted open said silent silent_do no_name no_name_do refused refused_do unreachable unreachable_do no_tls no_tls_do expired expired_do other_name other_name_do unknown_issuer unknown_issuer_do other_protocol other_protocol_do no_token no_token_do no_login no_login_do wrong_password wrong_password_do wrong_sender wrong_sender_do turned_away turned_away_do other other_do folder folder_do folder_shut folder_shut_do bad_url bad_url_do no_password no_password_do bad_token bad_trust bad_trust_do open_secret open_secret_do;
    domain, Domain:
        title local no_domain untried reserved not_asked not_asked_do spf_missing spf_missing_do spf_missing_ask spf_several spf_several_do spf_refused spf_doubted spf_elsewhere spf_open spf_open_do spf_lookups spf_lookups_do dmarc_missing dmarc_missing_do dmarc_several dmarc_several_do dmarc_none dmarc_quarantine dmarc_reject dmarc_unreadable dmarc_unreadable_do dmarc_above dmarc_strict dmarc_strict_do unsigned unsigned_do no_sender no_sender_do bad_key bad_key_do open_key open_key_do dkim_untried dkim_same dkim_testing dkim_testing_do dkim_nothing dkim_publish dkim_several dkim_several_do dkim_revoked dkim_other dkim_not_asked;
    sender, Sender:
        title complete nobody_reads nobody_reads_do none made_up none_do unreadable not_ascii correct_do pages pages_here pages_nowhere pages_open pages_do templates no_templates no_templates_do bad_templates bad_templates_do;
    returned, Returned:
        title local nowhere nowhere_do untried folder folder_shut folder_shut_do mailbox silent login login_do unreadable mailbox_do unusable unusable_do drafts drafts_shut
        drafts_shut_do;
    sending, Sending:
        title nobody nobody_do running many silent_one silent silent_do no_lock no_lock_do;
}
