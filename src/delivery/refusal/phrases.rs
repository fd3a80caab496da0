//! What mail programs say in words where they give no code worth the name: tables of facts, in lower case. The first
//! table of which a phrase is found decides; when in doubt between hard and soft, soft comes first.

use super::Refusal;
use super::capacity::{FULL, SIZES, TOO_LARGE, says_full};
use super::conditions::{facts_of, list_sentences, without_conditions};
use super::flat::{flatten_front, says_any, without_addresses};
use super::missing::{kind_of_missing, kind_of_unknown};

/// Our address is refused, or may not be used by us: whatever the code, and whatever else the words contain.
#[rustfmt::skip]
const SENDER_REFUSED: &[&str] = &[
    "sender address rejected", "sender verify failed", "sender verification", "sender rejected",
    "sender denied", "sender not allowed", "bad sender", "invalid sender", "sender address is", "valid from:", "from: domain",
    "unroutable sender", "unrouteable sender", "sendasdenied", "not allowed to send",
    "not authorized to send", "not have permission to send", "verification failed for sender", "verification failed for <sender>",
    "avsändaradress",
];

/// The same, unless another sentence says that the address does not exist: they name us, and no more.
const SENDER_NAMED: &[&str] =
    &["sender domain", "domain of sender", "sender's domain", "envelope sender", "sending domain"];

/// It is about us, the sender, whatever else the words contain.
#[rustfmt::skip]
const ABOUT_US: &[&str] = &[
    "your ip was not found", "your ip address was not found", "reverse dns",
    // our own limits, and lists of those who may write
    "too many invalid", "too many unknown", "too many bad", "too many nonexist", "too many non-exist", "multiple bad recipients",
    "multiple invalid recipients", "maximum number of invalid", "maximum number of unknown", "maximum number of bad",
    "bad recipient count", "senders list", "list of senders", "allowed senders", "approved senders", "safe senders", "permitted senders",
    "authorized senders", "authorised senders", "in allow list", "on allow list", "in whitelist", "on whitelist", "in the whitelist",
    "on the whitelist", "tillatte avsendere", "godkjente avsendere", "tillatne avsendarar", "godkjende avsendarar",
    "tillåtna avsändare", "godkända avsändare", "tilladte afsendere", "godkendte afsendere", "zugelassene absender",
    "zugelassenen absender", "erlaubten absender", "expéditeurs autorisés", "liste blanche",
    "reverse lookup", "rdns", "ptr record", "helo command", "invalid helo", "bad helo", "ehlo name", "helo name", "relaying denied", "relay access denied", "relay denied",
    "unable to relay", "relaying not", "not permitted to relay", "we do not relay", "relay not permitted",
    "not accepting mail from", "not accept mail from", "not have permission to post", "ikke tillatelse til å sende",
    "ikkje løyve til å sende", "behörighet", "投稿する権限", "don't have permission", "authentication required", "unauthenticated",
    "not authenticated", "address is not verified", "dmarc", "spf check", "spf fail", "spf validation", "failed spf", "dkim",
    "poor reputation", "bad reputation", "low reputation",
    "ip reputation", "real-time blackhole", "realtime blackhole", "black list", "black-list",
    "block-list", " rbl ", "unsolicited", "has been blocked",
    "message blocked", "is blocked", "identified as spam", "considered spam", "detected as spam",
    "classified as spam", "looks like spam", "spam message", "spam content", "likely spam", "suspected spam",
    "sperrliste", "垃圾邮件", "迷惑メール", "спам",
];

/// It may work another time, or a smaller letter may.
#[rustfmt::skip]
const FOR_NOW: &[&str] = &[
    "temporarily", "temporary", "tempfail", "try again later", "try later", "timed out", "timeout",
    "time out", "time-out", "connection refused", "connection reset", "connection dropped", "connection lost",
    "lost connection", "connection failed", "could not connect", "couldn't connect", "unable to connect",
    "not able to establish an smtp connection", "wasn't able to establish", "establish an smtp",
    "host not found", "host unknown", "unknown host", "name service error", "domain does not exist",
    "domain doesn't exist", "domain not found", "no such domain", "unknown domain", "domain name not found",
    "domain unknown", "because the domain", "fordi domenet", "fordi domænet", "eftersom domänen", "weil die domain",
    "car le domaine", "parce que le domaine", "porque el dominio", "porque o domínio", "perché il dominio",
    "omdat het domein", "couldn't find any host named", "couldn't find any host by that name",
    "cannot find any host", "non-existent domain", "nonexistent domain", "nonexistent host",
    "non-existent hosts", "host or domain name", "could not find a gateway", "no mx", "mx record", "mx list",
    "dns error", "dns lookup", "dns failure", "host lookup", "mail server for the domain",
    "bad destination host", "bad destination system", "no route to host", "no route", "unreachable",
    "not reachable", "is down", "not responding", "did not respond", "no answer from host",
    "server unavailable", "unavailable or busy", "system not accepting", "resources",
    "too many", "maximum number of", "no recipients", "not answering", "rate limit", "throttl", "greylist",
    "graylist", "grey-list", "queue too long", "queue time", "retry time not reached",
    "retry timeout exceeded", "retries exceeded", "delivery time expired", "expired",
    "has not been collected", "too many hops", "hop count", "mail loop", "loop detected", "looping",
    "loops back", "routing loop", "mail forwarding loop", "message loop", "loop count",
    "disabled or discontinued", "account has been disabled", "account is disabled", "account disabled",
    "mailbox disabled", "mailbox is disabled", "user is disabled", "has been suspended", "is suspended",
    "account suspended", "is locked", "account locked", "has been locked", "is inactive", "account inactive",
    "mailbox is inactive", "inactive user", "not been activated", "not yet activated",
    "internal error", "local error", "configuration error", "operating system error",
    "i/o error", "permission denied", "can't create", "cannot create", "delivery incomplete", "transient",
    "no longer on server", "max defers",
    // nb, nn, da, sv
    "full postkasse", "postkassen er full", "postboksen er full", "innboksen er full", "postkassa er full",
    "postkassen er fuld", "indbakken er fuld", "brevlådan är full", "inkorgen är full", "for stor", "midlertidig", "mellombels", "tillfällig",
    "prøv igjen senere",
    // de
    "vorübergehend", "zeitüberschreitung", "nicht erreichbar", "überschritten",
    // fr
    "dépassé", "temporaire", "délai",
    // es, pt, it, nl
    "excedido", "temporalmente", "excedeu", "temporariamente", "temporaneamente", "tijdelijk",
    // pl, ru, zh, ja
    "превышен", "временно", "超出", "超过", "暂时", "一時的",
];

/// The address does not exist. What is said of other things as well stands in [`missing`](super::missing).
#[rustfmt::skip]
const NO_SUCH_ADDRESS: &[&str] = &[
    "user unknown", "unknown user", "unknown recipient", "recipient unknown", "unknown address",
    "address unknown", "addressee unknown", "unknown addressee", "unknown account", "account unknown",
    "unknown mailbox", "mailbox unknown", "unknown local part", "unknown local-part",
    "unknown or illegal user", "unknown or illegal alias", "unknown or invalid", "unknown email",
    "unknown e-mail", "no such user", "no such recipient", "no such mailbox", "no such person",
    "no such address", "no such account", "no such local user", "no such email", "no such alias",
    "no such id", "no user exists", "no mailbox exists", "no account exists", "no user with", "no mailbox with", "no account with", "no recipient with", "no one at this address",
    "nobody at this address", "nobody by that name", "unknown local user", "the name was not found", "no mailbox by that name", "no mailbox here", "no user by that name", "no user here",
    "no account by that name", "no account here", "no one by that name", "there is no user", "user not found",
    "user is not found", "user not known", "user is unknown", "user not exist", "user does not exist", "user doesn't exist",
    "user not valid", "user not recogni", "user not registered", "user not local", "user not present", "user not listed", "user not active",
    "user not here", "user not on this s", "user not in our d", "user not in d", "recipient is not on this s", "address not local",
    "address is not local", "not a local mailbox",
    "user is not known", "user is not valid", "user is not recogni", "user is not registered", "user is not local",
    "recipient not found", "recipientnotfound", "recipnotfound", "recipient not known", "recipient not exist", "recipient not valid",
    "recipient not recogni", "recipient not registered", "recipient not local", "recipient is not found", "recipient is not known",
    "recipient is not valid", "recipient is not recogni", "recipient is not registered", "recipient is not local",
    "recipient name is not recognized", "name is not recognized", "recipient does not exist", "recipient doesn't exist",
    "mailbox not found", "mailbox does not exist", "mailbox doesn't exist", "mailbox unavailable or not local", "mailbox not exist",
    "mailbox not known", "mailbox not valid", "mailbox is not found", "mailbox is not known", "mailbox is not valid",
    "address not found", "address not known", "account not found", "account not exist", "account does not exist",
    "account doesn't exist", "account not known", "account not valid", "account is not valid", "has no account", "not our customer", "not a customer",
    "no longer a customer", "invalid recipient", "invalid mailbox", "invalid address", "invalid user",
    "invalid account", "invalid final delivery userid", "invalid e-mail", "invalid email", "bad recipient",
    "bad address", "bad destination mailbox address", "bad mailbox", "not a valid mailbox",
    "not a valid user", "not a valid e-mail", "not a valid email", "not a valid recipient", "not a valid address", "not a valid account",
    "not valid user", "not a known user", "not a registered", "not a local user", "not a local address", "unrouteable address",
    "unroutable address", "address is invalid", "address is wrong", "address wrong", "wrong address",
    "wrong or no longer valid", "not listed in", "not in directory", "not in our directory",
    "not found in directory", "domino-verzeichnis aufgelistet", "nicht im verzeichnis", "nicht aufgelistet",
    "ikke oppført i", "ikkje oppført i", "ikke opført i", "ne figure pas dans", "absent de l'annuaire",
    "no aparece en la lista", "non è elencat", "não está listad", "niet vermeld in", "not known here", "not known at", "unknown at", "unknown to",
    "account has been closed", "account closed", "account is closed", "account has been deleted",
    "account deleted", "account was deleted", "account has been terminated", "account terminated",
    "account has been removed", "account expired and deleted", "discontinued", "no longer valid",
    "no longer active", "no longer in use", "no longer works here",
    "no longer available at this address", "no longer at this address", "no longer accepts mail",
    "has been deactivated and", "he/her is not",
    "no matches to nameserver query", "undeliverable address",
    "rejected address", "recipient address rejected: access denied",
    "unable to find recipient", "illegal user", "illegal alias", "does not like recipient",
    "not our user", "dd this user", "resolver.adr", "badaddr", "000c05a6",
    "no such object", "name or address is not", "the email account that you tried to reach", "address rejected: undeliverable",
    "verify-recipient", "recipient invalid", "recipient is invalid", "user is invalid", "mailbox is invalid",
    "recipient has been removed", "user has been removed", "mailbox has been removed", "address has been removed",
    "recipient has been deleted", "user has been deleted", "mailbox has been deleted", "address has been deleted", "invalid local",
    "unknown client address book", "did not exactly match", "not present in directory", "can't accept user",
    "addresses were unknown", "not an active address", "mailbox invalid", "mailbox not present",
    "no mail box available", "no mailbox found", "user invalid", "user is not active", "unknown virtual user",
    "badrcptto", "nosuchuser", "cuda_nsu", "not hosted here", "not a member of domain", "5.1.0 address rejected", "deactivated mailbox", "no such mail drop",
    "requested action not taken: mailbox unavailable",
    // nb, nn, da, sv, fi
    "kontoen er slettet", "kontoen er sletta", "brukeren er slettet", "brukaren er sletta", "postboksen er slettet",
    "postkassen er slettet", "postkassa er sletta",
    "ukjent bruker", "ukjent mottaker", "ukjent mottakar",
    "ukjend brukar", "ukjend mottakar", "ugyldig adresse", "ugyldig mottak", "ugyldig e-postadresse", "ugyldig epostadresse", "adressen er ugyldig",
    "adressa er ugyldig", "mottakeren er ugyldig", "mottakaren er ugyldig", "ukendt bruger",
    "ukendt modtager", "modtageren er ugyldig", "okänd användare",
    "okänd mottagare", "ogiltig adress", "ogiltig e-postadress", "ogiltig mottagare", "adressen är ogiltig", "mottagaren är ogiltig",
    "adressen saknas", "mottagaren saknas", "användaren saknas", "brevlådan saknas", "postlådan saknas", "kontot saknas",
    "tuntematon käyttäjä", "tuntematon vastaanottaja", "osoitetta ei ole", "käyttäjää ei ole", "postilaatikkoa ei ole",
    // de
    "empfänger unbekannt", "unbekannter empfänger",
    "unbekannter benutzer", "benutzer unbekannt", "adresse unbekannt",
    "ungültige adresse", "ungültiger empfänger", "adresse ist ungültig", "adresse ungültig", "kein solcher benutzer",
    // fr
    "destinataire inconnu", "utilisateur inconnu", "adresse inconnue",
    "inconnu à cette adresse", "adresse invalide", "boîte inconnue", "boite inconnue", "compte inconnu", "n'est pas répertorié dans",
    "adresse d au moins un destinataire invalide",
    // es, pt, it, nl
    "usuario desconocido", "destinatario desconocido",
    "dirección incorrecta", "usuário desconhecido", "utilizador desconhecido",
    "destinatário desconhecido", "endereço inválido",
    "nessuna casella", "utente sconosciuto", "destinatario sconosciuto",
    "onbekende gebruiker", "onbekende ontvanger",
    // pl, cs, hu, ru, uk
    "nieznany użytkownik", "nieznany odbiorca",
    "неизвестный пользователь",
    "нет такого пользователя", "такого пользователя нет", "не зарегистрирован",
    // zh, ja, ko
    "用户不存在", "没有此用户", "无此用户", "收件人地址错误", "地址有误", "查無此",
    "宛先が不明", "宛先不明", "あて先が", "不明なユーザ", "ユーザーが不明", "リストにありません",
];

/// The address does not exist, unless they say as well that it is not wanted.
const NOT_THERE: &[&str] = &[
    "mailbox not available",
    "mailbox is not available",
    "no valid recipient",
    "recipient no longer",
    "mailbox no longer",
];

/// Something is said of the recipient, but not that the address does not exist.
#[rustfmt::skip]
const SAID_OF_RECIPIENT: &[&str] = &[
    "user not", "user does not", "user doesn't", "recipient is not", "recipient does not", "mailbox is not", "mailbox does not",
    "mailbox doesn't", "account does not", "account doesn't", "doesn't have a", "not local", "550 unknown",
];

/// Advice for whoever wrote a wrong address: it counts where nothing else is said.
#[rustfmt::skip]
const ADVICE: &[&str] = &["check for misspellings", "address you entered", "check the recipient's email address"];

/// The receiving side does not want it.
#[rustfmt::skip]
const UNWANTED: &[&str] = &[
    "spam", "blocked", "blackhole", "policy", "policies", "spf ", "reputation", "access denied",
    "not permitted", "unauthorized", "administrative prohibition", "administratively", "administrator has", "content rejected",
    "content filter", "content denied", "rejected due to content", "message content", "virus", "malware", "prohibited",
    "banned", "refused by", "rejected by", "listed by", "listed at", "is listed", "restricted", "denied by",
    "abuse", "phishing", "suspicious", "security", "only accepts", "not accept", "n't accept", "not authoriz",
    "not authoris", "n't authoriz", "not want", "n't want", "not wish", "not allow", "n't allow", "not receive mail", "n't receive mail", "refuse",
    "whitelist", "white list", "challenge", "filter",
    // refused, in other languages
    "avvist", "avvises", "afvist", "avvisad", "avvisats", "abgelehnt", "zurückgewiesen", "refusé", "rechazado", "rejeitad", "rifiutat",
    "geweigerd", "odrzucon", "отклонен", "拒绝", "拒收", "拒否",
    // blocked
    "blokker", "blockera", "blockiert", "bloqué", "bloquead", "bloccat", "geblokkeerd", "zablokowan", "заблокирован",
    // restricted, not permitted, for reasons of security
    "adressen er begrenset", "adressa er avgrensa", "adressen er begrænset", "adressen är begränsad", "eingeschränkt",
    "restreint", "restringid", "è limitat", "beperkt", "ograniczon", "ikke tillatt", "ikkje tillate", "ikkje lov", "ikke tilladt",
    "inte tillåt", "nicht erlaubt", "nicht zugelassen", "nicht berechtigt", "no permitid", "no autorizad", "não permitid",
    "non consentit", "non autoris", "niet toegestaan", "sikkerhet", "sikkerheds", "säkerhets", "sicherheits",
];

/// What says nothing of the reason, whatever words it is made of.
const SAYS_NOTHING: &[&str] = &["it was rejected by the server for the recipient domain"];

/// It may work another time, if nothing else is said: Sendmail says so of any program that failed.
const VAGUE: &[&str] = &["service unavailable"];

/// It is about us, whatever the code: lists of senders that are shut out.
const BLOCKLISTS: &[&str] =
    &["spamhaus", "spamcop", "sorbs", "barracudacentral", "dnsbl", "blacklist", "blocklist", "block list"];

/// It is about the letter, whatever is said of the mailbox beside it.
#[rustfmt::skip]
const BY_POLICY: &[&str] = &[
    "due to policy", "due to a policy", "due to local polic", "due to our polic", "due to recipient polic", "due to organizational polic",
    "due to organisational polic", "due to company polic", "due to mail polic", "due to email polic", "security polic", "spam polic",
    "content polic", "policy reason", "policy violation", "policy restriction", "policy rejection", "policy block", "for policy",
    "by policy", "by local polic", "by our polic", "against policy", "against our polic", "against local polic", "violates polic",
    "violates our polic", "violates local polic", "violation of polic", "violation of our polic", "violation of local polic",
    "sikkerhetspolicy", "säkerhetspolicy", "sikkerhedspolitik", "sikkerhetspolitikk", "sicherheitsrichtlinie", "politique de sécurité",
];

/// The mailbox is shut, whatever policy shut it.
#[rustfmt::skip]
const SHUT: &[&str] = &[
    "account disabled", "account is disabled", "account has been disabled", "account was disabled", "mailbox disabled",
    "mailbox is disabled", "mailbox has been disabled", "user disabled", "user is disabled", "account suspended", "account is suspended",
    "account has been suspended", "mailbox suspended", "mailbox is suspended", "mailbox has been suspended", "account locked",
    "account is locked", "account has been locked", "mailbox locked", "mailbox is locked", "mailbox has been locked",
    "account deactivated", "account is deactivated", "account has been deactivated", "mailbox deactivated", "mailbox is deactivated",
    "mailbox has been deactivated",
];

/// It was the answer to MAIL.
const ANSWER_TO_MAIL: &[&str] = &["in reply to mail from", "after mail from", "in response to mail from"];

/// Whether words say that we were refused, not the recipient: by a list of senders, in the answer to MAIL, or in a
/// transcript that ends there.
pub(super) fn says_we_are_refused(words: &str) -> bool {
    let text = flatten_front(words);
    names_blocklist(&text, &facts_of(words))
        || says_any(&text, ANSWER_TO_MAIL)
        || (text.contains(">>> mail from") && !text.contains(">>> rcpt to"))
}

/// Whether words say that they are the answer to MAIL.
pub fn answers_mail(words: &str) -> bool {
    says_any(&flatten_front(words), ANSWER_TO_MAIL)
}

/// Whether words say that the letter is refused by policy, and not that the mailbox is shut.
pub(super) fn says_policy(words: &str) -> bool {
    let text = flatten_front(words);
    says_any(&text, BY_POLICY) && !says_any(&text, SHUT)
}

/// Whether words say that our own address is refused.
pub(super) fn says_sender_is_refused(words: &str) -> bool {
    refuses_sender(&facts_of(words))
}

/// Whether facts say so.
fn refuses_sender(facts: &str) -> bool {
    let is_of_sender = |sentence: &&str| says_any(sentence, SENDER_NAMED);
    let (named, others): (Vec<&str>, Vec<&str>) = list_sentences(facts).partition(is_of_sender);
    let is_unknown = || kind_of_unknown(&others.concat(), NO_SUCH_ADDRESS) == Some(Refusal::Hard);
    says_any(facts, SENDER_REFUSED) || !named.is_empty() && !is_unknown()
}

/// Whether a list of senders is named: among the facts, or as the host of a web address, whatever stands behind that host.
fn names_blocklist(text: &str, facts: &str) -> bool {
    let links = text.split(' ').filter_map(|word| word.split_once("://"));
    let mut hosts = links.filter_map(|(_, link)| link.split(['/', '?']).next());
    says_any(facts, BLOCKLISTS) || hosts.any(|host| says_any(host, BLOCKLISTS))
}

/// Whether words speak of the mailbox, not of the letter.
pub(super) fn speaks_of_mailbox(words: &str) -> bool {
    let text = flatten_front(words);
    text.contains("mailbox") || says_full(words)
}

/// What a failure's words mean, if they mean anything. An address may stand in the middle of a phrase: `user
/// (kari@example.test) unknown`.
pub(super) fn kind_of_words(text: &str) -> Option<Refusal> {
    let whole = flatten_front(text);
    let text = SAYS_NOTHING.iter().fold(without_conditions(&whole), |text, phrase| text.replace(phrase, ""));
    let advice = || says_any(&whole, ADVICE).then_some(Refusal::Hard);
    let facts = without_addresses(&text);
    kind_of_flat(&text, &facts)
        .or_else(|| kind_of_flat(&facts, &facts))
        .or_else(|| kind_of_links(&text))
        .or_else(advice)
}

/// What web addresses tell where nothing else is said: `visit https://example.test/whitelist`. Never that an address does not exist.
fn kind_of_links(text: &str) -> Option<Refusal> {
    let links: Vec<&str> = text.split(' ').filter(|word| word.contains("://")).collect();
    let links = links.join(" ");
    kind_of_flat(&links, &links).filter(|kind| *kind != Refusal::Hard)
}

/// What a text means whose facts are told: who is unknown may be told by their address, what else is said never is.
fn kind_of_flat(text: &str, facts: &str) -> Option<Refusal> {
    let says = |phrases, kind| says_any(facts, phrases).then_some(kind);
    let missing = kind_of_missing(text);
    let is_about_us = refuses_sender(facts) || says_any(facts, ABOUT_US) || names_blocklist(text, facts);
    is_about_us
        .then_some(Refusal::Policy)
        .or_else(|| says(FULL, Refusal::Soft))
        .or_else(|| says(TOO_LARGE, Refusal::Soft))
        .or_else(|| says(SIZES, Refusal::Soft))
        .or_else(|| says(FOR_NOW, Refusal::Soft))
        .or(missing.filter(|kind| *kind == Refusal::Policy))
        .or_else(|| kind_of_unknown(text, NO_SUCH_ADDRESS))
        .or_else(|| kind_of_unknown(text, NOT_THERE).filter(|_| !says_any(facts, UNWANTED)))
        .or(missing)
        .or_else(|| says(UNWANTED, Refusal::Policy))
        .or_else(|| says(SAID_OF_RECIPIENT, Refusal::Soft))
        .or_else(|| says(VAGUE, Refusal::Soft))
}
