//! `treff dkim generate`.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::new_file::{OWN, make_folder_of, write_new_file};
use super::{BadInput, Report};
use crate::delivery::{
    Algorithm, PrivateKey, PublishedKey, find_dns_name, is_dns_name, record_name, split_strings,
};

/// What to do about signatures.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a key that signs letters, and print the DNS record that shows its public half
    #[command(after_help = "Example:\n  treff dkim generate --domain forum.example --selector t2026\n\n\
                      Nothing is signed until the lines it prints stand in treff.toml.")]
    Generate(Args),
}

/// Which key.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The domain in From, or one above it
    #[arg(long)]
    pub domain: String,
    /// A name for the key, such as t2026; a new key gets a new name
    #[arg(long)]
    pub selector: String,
    /// rsa (2048 bits, known everywhere) or ed25519 (beside an RSA key)
    #[arg(long, value_enum, default_value_t = Kind::Rsa)]
    pub algorithm: Kind,
    /// Where the private key goes; dkim/SELECTOR.pem beside the configuration if not named
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// How the key signs.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Kind {
    /// rsa-sha256, 2048 bits.
    Rsa,
    /// ed25519-sha256.
    Ed25519,
}

/// Runs the command; neither the configuration at `config` nor a database need be there.
pub fn run(config: &Path, command: &Command) -> anyhow::Result<Report> {
    match command {
        Command::Generate(args) => generate(config, args),
    }
}

/// Prints `{"domain", "selector", "algorithm", "key_file", "record": {"name", "type", "value", "strings",
/// "zone"}, "settings"}`.
fn generate(config: &Path, args: &Args) -> anyhow::Result<Report> {
    let domain = find_dns_name(&args.domain).ok_or_else(|| {
        BadInput::one(format!("--domain \"{}\" is no domain; write the one in From", args.domain))
    })?;
    if !is_dns_name(&args.selector) {
        let told = "--selector takes letters, digits and hyphens, such as t2026";
        return Err(BadInput::one(format!("{told}; not \"{}\"", args.selector)).into());
    }
    let folder = std::path::absolute(config)?.parent().unwrap_or(Path::new("/")).to_owned();
    let path = match &args.out {
        Some(path) => std::path::absolute(path)?,
        None => folder.join("dkim").join(format!("{}.pem", args.selector)),
    };
    let algorithm = match args.algorithm {
        Kind::Rsa => Algorithm::Rsa,
        Kind::Ed25519 => Algorithm::Ed25519,
    };
    let (key, pem) = PrivateKey::generate(algorithm)?;
    let value = PublishedKey::of(&key)?.value();
    write_key(&path, pem.expose())?;
    let name = record_name(&domain, &args.selector);
    let strings = split_strings(&value);
    let quoted: Vec<String> = strings.iter().map(|text| format!("\"{text}\"")).collect();
    let zone = format!("{name}. IN TXT ( {} )", quoted.join(" "));
    let key_file = path.strip_prefix(&folder).unwrap_or(&path).display().to_string();
    let quote = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let settings = format!(
        "[[dkim]]\ndomain = {}\nselector = {}\nkey_file = {}\n",
        quote(&domain),
        quote(&args.selector),
        quote(&key_file)
    );
    let text = format!(
        "The private key is in {}. Keep it to yourself.\n\n\
         1. Add this TXT record to the DNS of {domain}. In a zone file:\n\n{zone}\n\n\
         In a form, the name {name} and the value:\n\n{value}\n\n\
         2. Once the DNS has it (dig +short TXT {name}), put these lines at the end of {}; \"treff doctor\" compares \
         both:\n\n{settings}",
        path.display(),
        config.display()
    );
    let json = json!({
        "domain": domain, "selector": args.selector, "algorithm": algorithm.key_word(), "key_file": path,
        "record": { "name": name, "type": "TXT", "value": value, "strings": strings, "zone": zone },
        "settings": settings,
    });
    Ok(Report::done(text, json))
}

/// Writes a new file for its owner's eyes only; one that is there already stays.
fn write_key(path: &Path, pem: &str) -> anyhow::Result<()> {
    let failed = |e: std::io::Error| -> anyhow::Error {
        match e.kind() {
            std::io::ErrorKind::AlreadyExists => BadInput::one(format!(
                "{} is there already and stays as it is; name another file with --out, or take another --selector",
                path.display()
            ))
            .into(),
            _ => anyhow::anyhow!("{} cannot be written: {e}; name another file with --out", path.display()),
        }
    };
    make_folder_of(path, OWN).and_then(|()| write_new_file(path, pem.as_bytes())).map_err(failed)
}
