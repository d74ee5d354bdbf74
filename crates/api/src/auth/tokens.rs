//! Access tokens: RFC 9068 claims in a JWT signed with Ed25519, good for ten minutes.
//!
//! RFC 8725 is followed to the letter: the algorithm is ours and never the token's, the key is looked up by `kid` among
//! our own and nowhere else, and every claim is required and has its type.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use actix_web::web;
use anyhow::{Context, Result, anyhow};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{KeyRing, Store};
use uuid::Uuid;

use super::Auth;

/// Seconds for which a token is good.
pub const LIFETIME: i64 = 600;

/// Clocks of two machines may differ by so many seconds.
const SKEW: i64 = 30;

const TYPE: &str = "at+jwt";

/// Who a token is for: the API, under whatever name it is reached.
const AUDIENCE: &str = "zhiyin";

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    pub sub: Uuid,
    pub sid: Uuid,
    pub jti: Uuid,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
}

impl Claims {
    fn are_current(&self, now: DateTime<Utc>) -> bool {
        let now = now.timestamp();
        self.nbf <= now + SKEW && now - SKEW <= self.exp
    }
}

/// Signs tokens, and reads those that this installation signed.
pub struct Tokens {
    issuer: String,
    keys: RwLock<Keys>,
}

/// The keys of the moment. Tokens are remembered with them, so that with a key everything it signed is forgotten.
struct Keys {
    signing: (String, EncodingKey),
    /// The one that signs, and the others whose tokens are good.
    verifying: HashMap<String, DecodingKey>,
    key_set: Value,
    /// Tokens whose signature was right; checking it again would cost more than reading a customer.
    known: RwLock<HashMap<String, Claims>>,
}

/// So many tokens are remembered before all are forgotten: more than a process serves in the life of one.
const MOST_KNOWN: usize = 10_000;

impl Keys {
    fn of_ring(ring: &KeyRing) -> Result<Self> {
        Self::of_documents(&ring.signing_keys().collect::<Vec<_>>(), ring.signs_with())
    }

    /// From PKCS#8 documents by key id.
    fn of_documents(documents: &[(&str, &[u8])], signs_with: &str) -> Result<Self> {
        let signing = documents.iter().find(|(kid, _)| *kid == signs_with);
        let (kid, document) = signing.context("there is no key to sign tokens with")?;
        let signing = ((*kid).to_owned(), EncodingKey::from_ed_der(document));
        let mut verifying = HashMap::new();
        let mut published = Vec::new();
        for (kid, document) in documents {
            let pair = Ed25519KeyPair::from_pkcs8(document).map_err(|_| anyhow!("the signing key {kid} is damaged"))?;
            let public = pair.public_key().as_ref();
            verifying.insert((*kid).to_owned(), DecodingKey::from_ed_der(public));
            let x = BASE64.encode(public);
            published.push(json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": x}));
        }
        Ok(Self { signing, verifying, key_set: json!({"keys": published}), known: RwLock::default() })
    }
}

/// Lets tokens follow the keys, until the server ends.
pub async fn follow(auth: web::Data<Auth>, store: Store) {
    let mut changes = store.key_changes();
    loop {
        let ring = changes.borrow_and_update().clone();
        match Keys::of_ring(&ring) {
            Ok(keys) => *auth.tokens.keys.write().unwrap_or_else(PoisonError::into_inner) = keys,
            Err(error) => tracing::error!("tokens are signed and read with the keys of before: {error:#}"),
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

impl Tokens {
    pub fn new(ring: &KeyRing, issuer: String) -> Result<Self> {
        Ok(Self { issuer, keys: RwLock::new(Keys::of_ring(ring)?) })
    }

    fn keys(&self) -> RwLockReadGuard<'_, Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The public keys, RFC 7517.
    pub fn key_set(&self) -> Value {
        self.keys().key_set.clone()
    }

    /// A token for a session; `None` only if the signature cannot be made.
    pub fn issue(&self, user_id: Uuid, session_id: Uuid, now: DateTime<Utc>) -> Option<String> {
        let now = now.timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.into(),
            sub: user_id,
            sid: session_id,
            jti: Uuid::now_v7(),
            iat: now,
            nbf: now,
            exp: now + LIFETIME,
        };
        let keys = self.keys();
        let (kid, key) = &keys.signing;
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.into());
        header.kid = Some(kid.clone());
        encode(&header, &claims, key).ok()
    }

    /// What a token says, if it is one of ours and its time is now. Why it is not is nobody's business.
    pub fn read(&self, token: &str) -> Option<Claims> {
        let keys = self.keys();
        let known = keys.known.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned();
        if let Some(claims) = known {
            return claims.are_current(Utc::now()).then_some(claims);
        }
        let claims = self.verified(&keys, token)?;
        let mut known = keys.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(token.to_owned(), claims.clone());
        Some(claims)
    }

    fn verified(&self, keys: &Keys, token: &str) -> Option<Claims> {
        let header = decode_header(token).ok()?;
        if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TYPE) || header.crit.is_some() {
            return None;
        }
        let key = keys.verifying.get(header.kid.as_deref()?)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.leeway = SKEW as u64;
        rules.validate_nbf = true;
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        let claims: Claims = decode(token, key, &rules).ok()?.claims;
        // A token from the future was made by a clock that cannot be trusted.
        let plausible = claims.iat <= Utc::now().timestamp() + SKEW && claims.exp - claims.iat <= LIFETIME;
        plausible.then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;

    use super::*;

    const ISSUER: &str = "https://crm.example.com";

    fn document() -> Vec<u8> {
        Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("a key").as_ref().to_vec()
    }

    /// Of these keys the first signs.
    fn tokens(documents: &[(&str, &[u8])]) -> Tokens {
        let keys = Keys::of_documents(documents, documents[0].0).expect("keys");
        Tokens { issuer: ISSUER.into(), keys: RwLock::new(keys) }
    }

    fn claims() -> Value {
        let now = Utc::now().timestamp();
        json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": Uuid::now_v7(), "sid": Uuid::now_v7(), "jti": Uuid::now_v7(),
            "iat": now, "nbf": now, "exp": now + LIFETIME,
        })
    }

    fn header() -> Header {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.into());
        header.kid = Some("sign-1".into());
        header
    }

    /// A token of any header and claims, signed with our key.
    fn signed(document: &[u8], header: &Header, claims: &Value) -> String {
        encode(header, claims, &EncodingKey::from_ed_der(document)).expect("signed")
    }

    #[test]
    fn what_was_issued_is_read() {
        let key = document();
        let tokens = tokens(&[("sign-1", &key)]);
        let (user, session) = (Uuid::now_v7(), Uuid::now_v7());
        let token = tokens.issue(user, session, Utc::now()).expect("a token");
        let claims = tokens.read(&token).expect("ours");
        assert_eq!((claims.sub, claims.sid, claims.exp - claims.iat), (user, session, LIFETIME));
        assert!(
            tokens.read(&signed(&key, &header(), &self::claims())).is_some(),
            "the tests below start from a good one"
        );
    }

    #[test]
    fn a_token_that_was_read_before_still_ends_in_time() {
        let claims: Claims = serde_json::from_value(claims()).expect("claims");
        let at = |seconds: i64| DateTime::from_timestamp(claims.iat + seconds, 0).expect("a moment");
        assert!(claims.are_current(at(0)) && claims.are_current(at(LIFETIME + SKEW)));
        assert!(!claims.are_current(at(LIFETIME + SKEW + 1)) && !claims.are_current(at(-SKEW - 1)));
    }

    #[test]
    fn an_older_key_still_verifies_until_it_is_withdrawn() {
        let (old, new) = (document(), document());
        let tokens = tokens(&[("sign-1", &old)]);
        let token = tokens.issue(Uuid::nil(), Uuid::nil(), Utc::now()).expect("a token");
        let turn_to = |documents: &[(&str, &[u8])], signs_with| {
            *tokens.keys.write().expect("held") = Keys::of_documents(documents, signs_with).expect("keys");
        };
        turn_to(&[("sign-2", &new), ("sign-1", &old)], "sign-2");
        assert!(tokens.read(&token).is_some());
        turn_to(&[("sign-2", &new)], "sign-2");
        assert!(tokens.read(&token).is_none(), "that it was read before does not help it");
    }

    #[test]
    fn an_announced_key_is_published_and_verifies_but_does_not_sign() {
        let (old, new) = (document(), document());
        let documents: [(&str, &[u8]); 2] = [("sign-2", &new), ("sign-1", &old)];
        let keys = Keys::of_documents(&documents, "sign-1").expect("keys");
        let here = Tokens { issuer: ISSUER.into(), keys: RwLock::new(keys) };
        let kid = |token: &str| decode_header(token).expect("a header").kid.expect("a key");
        let token = here.issue(Uuid::nil(), Uuid::nil(), Utc::now()).expect("a token");
        assert_eq!(kid(&token), "sign-1");
        assert_eq!(here.key_set()["keys"].as_array().map(Vec::len), Some(2));
        // Another process that uses it already.
        let token = tokens(&documents).issue(Uuid::nil(), Uuid::nil(), Utc::now()).expect("a token");
        assert!(kid(&token) == "sign-2" && here.read(&token).is_some());
        assert!(Keys::of_documents(&documents, "sign-3").is_err());
    }

    #[test]
    fn a_token_cannot_choose_its_algorithm() {
        let key = document();
        let tokens = tokens(&[("sign-1", &key)]);
        let public = BASE64.decode(tokens.key_set()["keys"][0]["x"].as_str().expect("x")).expect("base64");
        // The classic confusion: our public key as the secret of an HMAC.
        let mut confused = Header::new(Algorithm::HS256);
        (confused.typ, confused.kid) = (Some(TYPE.into()), Some("sign-1".into()));
        let forged = encode(&confused, &claims(), &EncodingKey::from_secret(&public)).expect("signed");
        assert!(tokens.read(&forged).is_none());
        let part = |value: &Value| BASE64.encode(value.to_string());
        for alg in ["none", "None", "HS256", "RS256"] {
            let head = part(&json!({"alg": alg, "typ": TYPE, "kid": "sign-1"}));
            assert!(tokens.read(&format!("{head}.{}.", part(&claims()))).is_none(), "{alg}");
        }
    }

    #[test]
    fn only_our_own_keys_count() {
        let (ours, theirs) = (document(), document());
        let tokens = tokens(&[("sign-1", &ours)]);
        assert!(tokens.read(&signed(&theirs, &header(), &claims())).is_none(), "another key under our id");
        for kid in [None, Some("sign-2".to_owned()), Some("../sign-1".to_owned())] {
            let header = Header { kid: kid.clone(), ..header() };
            assert!(tokens.read(&signed(&ours, &header, &claims())).is_none(), "{kid:?}");
        }
    }

    #[test]
    fn another_kind_of_token_is_not_an_access_token() {
        let key = document();
        let tokens = tokens(&[("sign-1", &key)]);
        for typ in [None, Some("JWT".to_owned()), Some("AT+JWT".to_owned())] {
            let header = Header { typ: typ.clone(), ..header() };
            assert!(tokens.read(&signed(&key, &header, &claims())).is_none(), "{typ:?}");
        }
        let critical = Header { crit: Some(vec!["exp".into()]), ..header() };
        assert!(tokens.read(&signed(&key, &critical, &claims())).is_none());
    }

    #[test]
    fn every_claim_is_required_and_has_its_type() {
        let key = document();
        let tokens = tokens(&[("sign-1", &key)]);
        for claim in ["iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"] {
            let mut without = claims();
            without.as_object_mut().expect("an object").remove(claim);
            assert!(tokens.read(&signed(&key, &header(), &without)).is_none(), "without {claim}");
            for odd in [json!(null), json!([]), json!({}), json!(true), json!("x")] {
                let mut wrong = claims();
                wrong[claim] = odd.clone();
                assert!(tokens.read(&signed(&key, &header(), &wrong)).is_none(), "{claim} = {odd}");
            }
        }
    }

    #[test]
    fn issuer_audience_and_time_must_fit() {
        let key = document();
        let tokens = tokens(&[("sign-1", &key)]);
        let now = Utc::now().timestamp();
        let changes: &[&[(&str, Value)]] = &[
            &[("iss", json!("https://other.example.com"))],
            &[("aud", json!("other"))],
            &[("aud", json!(["zhiyin", "other"]))],
            &[("exp", json!(now - SKEW - 2)), ("iat", json!(now - LIFETIME))],
            &[("nbf", json!(now + SKEW + 2))],
            &[("iat", json!(now + SKEW + 2)), ("exp", json!(now + LIFETIME))],
            &[("exp", json!(now + LIFETIME * 10))],
        ];
        for change in changes {
            let mut claims = claims();
            change.iter().for_each(|(claim, value)| claims[*claim] = value.clone());
            assert!(tokens.read(&signed(&key, &header(), &claims)).is_none(), "{change:?}");
        }
        let mut late = claims();
        (late["exp"], late["iat"]) = (json!(now - SKEW + 5), json!(now - LIFETIME));
        assert!(tokens.read(&signed(&key, &header(), &late)).is_some(), "within the skew of two clocks");
    }

    #[test]
    fn altered_and_broken_tokens_are_refused() {
        let key = document();
        let tokens = tokens(&[("sign-1", &key)]);
        let token = signed(&key, &header(), &claims());
        let (head, rest) = token.split_once('.').expect("three parts");
        let (_, signature) = rest.split_once('.').expect("three parts");
        let other = BASE64.encode(claims().to_string());
        for broken in ["", ".", "..", "a.b.c", &token[..token.len() - 4], &format!("{head}.{other}.{signature}")] {
            assert!(tokens.read(broken).is_none(), "{broken}");
        }
    }

    #[test]
    fn only_the_public_half_of_a_key_is_published() {
        let key = document();
        let set = tokens(&[("sign-1", &key)]).key_set().clone();
        let members: Vec<_> = set["keys"][0].as_object().expect("a key").keys().cloned().collect();
        assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x"]);
    }
}
