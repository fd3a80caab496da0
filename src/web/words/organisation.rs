//! Words of organisations' own pages and of passing on in them: `templates/locale/page/organisation.{nb,nn,en}.toml`.

super::table::words! {
    Words {}
    page, Page:
        title lead none sign_up sign_up_line sign_up_union sign_up_button feed calendar colleagues;
    list, List:
        title lead none;
    invited, Invited:
        line union works works_hint chosen;
    colleagues, Colleagues:
        title link_line lead heading heading_any page feed invitation invitation_text invitation_any union_hint letter letter_from left_out left_out_one nothing no_letter look text html hint paste_title paste_end paste_link;
    report, Report:
        title receiving invited passed_on concerning few few_people nearly_all union page no_page;
}
