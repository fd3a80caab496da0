//! A digest as mail: templates, cards, encoding, headers, languages. Pure: bytes in, bytes out.
