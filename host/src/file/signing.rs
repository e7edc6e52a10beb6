//! Keys, and model files signed with them (`elbow::signature`).
//!
//! Keys are PEM files as OpenSSL has them: PKCS #8 (RFC 8410) and SubjectPublicKeyInfo.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use ed25519_compact::{KeyPair, Seed};
use elbow::signature::{KEY_LEN, head};

use super::rust_type::constant_name;
use crate::error::Error;

/// No key's file is as long.
const MOST: u64 = 1 << 16;

/// A key that signs.
pub struct SecretKey(KeyPair);

impl SecretKey {
    /// A new one, of the system's random numbers.
    ///
    /// # Errors
    /// The system gives none.
    pub fn generate() -> io::Result<Self> {
        let mut seed = [0; Seed::BYTES];
        getrandom::fill(&mut seed)?;
        Ok(Self::of_seed(seed))
    }

    /// That of a seed.
    pub fn of_seed(seed: [u8; Seed::BYTES]) -> Self {
        SecretKey(KeyPair::from_seed(Seed::new(seed)))
    }

    /// Reads a file of it.
    ///
    /// # Errors
    /// [`Error::Io`], and [`Error::File`] where that holds no such key.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let problem =
            "holds no secret key of Ed25519 in PEM; pass the file that elbow keygen was told to write";
        let pair = KeyPair::from_pem(&text(path)?).map_err(|_| Error::file(path, problem))?;
        Ok(SecretKey(pair))
    }

    /// What such a file holds.
    pub fn to_pem(&self) -> String {
        self.0.to_pem()
    }

    /// The key that verifies what this one signs.
    pub fn public(&self) -> PublicKey {
        PublicKey(*self.0.pk)
    }

    /// The file with a trailer behind it: its signature as this version.
    ///
    /// # Cost
    /// two passes over the bytes.
    pub fn sign(&self, file: &[u8], version: u32) -> Vec<u8> {
        let mut signed = [file, &head(version, &self.0.pk)].concat();
        let signature = self.0.sk.sign(&signed, None);
        signed.extend_from_slice(&signature[..]);
        signed
    }
}

/// Without the secret.
impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the secret of {}", self.public())
    }
}

/// A key that verifies; shown in hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(pub [u8; KEY_LEN]);

impl PublicKey {
    /// Reads a file of it.
    ///
    /// # Errors
    /// [`Error::Io`], and [`Error::File`] where that holds no such key.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let problem = "holds no public key of Ed25519 in PEM; pass the .pub file that elbow keygen wrote";
        let key =
            ed25519_compact::PublicKey::from_pem(&text(path)?).map_err(|_| Error::file(path, problem))?;
        Ok(PublicKey(*key))
    }

    /// What such a file holds.
    pub fn to_pem(&self) -> String {
        ed25519_compact::PublicKey::new(self.0).to_pem()
    }

    /// A constant of Rust, for firmware to include.
    pub fn rust_source(&self, name: &str) -> String {
        format!(
            "// A public key, written by elbow keygen. Do not edit it.\n\n/// Verifies models that were \
             signed with the secret key of this name.\n#[allow(dead_code)]\n\
             pub const {}: [u8; {KEY_LEN}] = [{}\n];\n",
            constant(name),
            self.lines()
        )
    }

    /// An array of C.
    pub fn c_header(&self, name: &str) -> String {
        let name = constant(name);
        format!(
            "/* A public key, written by elbow keygen. Do not edit it. */\n#ifndef ELBOW_{name}_H\n\
             #define ELBOW_{name}_H\n\nstatic const unsigned char {name}[{KEY_LEN}] = {{{}\n}};\n\n\
             #endif /* ELBOW_{name}_H */\n",
            self.lines()
        )
    }

    fn lines(&self) -> String {
        let line = |bytes: &[u8]| bytes.iter().map(|byte| format!(" {byte:#04x},")).collect::<String>();
        self.0.chunks(8).map(|bytes| format!("\n   {}", line(bytes))).collect()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// `fleet` is `FLEET_KEY`.
fn constant(name: &str) -> String {
    format!("{}_KEY", constant_name(name))
}

fn text(path: &Path) -> Result<String, Error> {
    let mut text = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut text));
    read.map_err(Error::io("read", path))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use elbow::signature::{SIGNATURE_LEN, Trailer};

    /// RFC 8032, §7.1, TEST 2: seed, public key, signature of the byte 0x72.
    #[test]
    fn keys_are_those_of_the_standard() {
        let bytes = |hex: &str| -> Vec<u8> {
            (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
        };
        let seed = bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let key = SecretKey::of_seed(seed.try_into().unwrap());
        let public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
        assert_eq!(key.public().to_string(), public);
        let signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                         085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
        assert_eq!(key.0.sk.sign([0x72], None)[..], bytes(signature));
    }

    #[test]
    fn a_file_is_signed_as_it_is() {
        let key = SecretKey::of_seed([42; 32]);
        let file = include_bytes!("../../../core/examples/thermometer.elbow");
        let signed = key.sign(file, 7);
        let (before, Trailer { version, key: of, signature }) = Trailer::behind(&signed).unwrap();
        assert_eq!((before, version, *of), (&file[..], 7, key.public().0));
        assert_eq!(signed[signed.len() - SIGNATURE_LEN..], signature[..]);
        assert!(!format!("{key:?}").contains("2a2a"));
    }

    #[test]
    fn constants_are_the_key() {
        let key = SecretKey::of_seed([42; 32]).public();
        let hex = key.to_string();
        for text in [key.rust_source("my fleet"), key.c_header("my fleet")] {
            let digits: String = text.split("0x").skip(1).map(|byte| &byte[..2]).collect();
            assert_eq!(digits, hex);
            assert!(text.contains("MY_FLEET_KEY"));
        }
    }
}
