//! Address of a model run or artifact that names its owner: hub, tracker or bucket path.
//!
//! `wandb.ai/<entity>/<project>`, `hf.co/<user>/<repo>` and `s3://bucket/users/<name>/`. `owner`
//! gives the part to mask, so the run stays findable. Organisation names pass too: policy decides.
//! Source: Weights & Biases run URL layout, Hugging Face Hub repository URLs.

use super::cursor::Cursor;

/// Hub pages that are not owners.
const PAGES: [&[u8]; 9] = [
    b"docs",
    b"api",
    b"models",
    b"datasets",
    b"spaces",
    b"blog",
    b"join",
    b"login",
    b"settings",
];

/// True when `value` names an owner and something owned.
pub(crate) fn valid(value: &[u8]) -> bool {
    owner(value).is_some()
}

/// The owner's segment.
pub(crate) fn owner(value: &[u8]) -> Option<&[u8]> {
    let mut cursor = Cursor::new(value);
    let bucket: [&[u8]; 3] = [b"s3://", b"gs://", b"hdfs://"];
    if bucket.iter().any(|scheme| cursor.eat_word(scheme)) {
        return user_folder(cursor.rest());
    }
    let _ = cursor.eat_word(b"https://") || cursor.eat_word(b"http://");
    cursor.eat_word(b"www.");
    let hub = cursor.eat_word(b"hf.co/") || cursor.eat_word(b"huggingface.co/");
    if !hub && !cursor.eat_word(b"wandb.ai/") {
        return None;
    }
    let mut parts = cursor.rest().split(|b| b"/?#".contains(b));
    let mut first = parts.next()?;
    if hub && matches!(first, b"datasets" | b"spaces") {
        first = parts.next()?;
    }
    let second = parts.next()?;
    (segment(first) && segment(second) && !PAGES.contains(&first)).then_some(first)
}

/// The name behind `/users/` or `/user/` or `/home/`.
fn user_folder(path: &[u8]) -> Option<&[u8]> {
    let mut parts = path.split(|&b| b == b'/');
    parts.find(|part| matches!(*part, b"users" | b"user" | b"home"))?;
    parts.next().filter(|name| segment(name))
}

fn segment(part: &[u8]) -> bool {
    let inside = |b: &u8| b.is_ascii_alphanumeric() || b"._-".contains(b);
    part.first().is_some_and(u8::is_ascii_alphanumeric)
        && part.len() <= 96
        && part.iter().all(inside)
}

#[cfg(test)]
mod tests {
    use super::{owner, valid};

    #[test]
    fn vectors() {
        for (ok, who) in [
            ("https://wandb.ai/acme/proj/runs/abcd1234", "acme"),
            ("wandb.ai/acme/proj", "acme"),
            ("https://wandb.ai/a/b", "a"),
            ("hf.co/someone/model", "someone"),
            ("https://huggingface.co/datasets/someone/set", "someone"),
            ("s3://bucket/users/someone/ckpt.pt", "someone"),
        ] {
            assert_eq!(owner(ok.as_bytes()), Some(who.as_bytes()), "{ok}");
        }
        for bad in [
            "wandb.ai/",
            "https://wandb.com/a/b",
            "wandb.ai/acme",
            "hf.co/docs/hub",
            "wandb.ai//b",
            "wandb.ai/a/",
            "s3://bucket/models/x",
            "s3://bucket/users/",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
