//! Encodings that hide a value: what is read through them, and what the output looks like.

use hushlog::Engine;

fn scrubbed(text: &str) -> String {
    String::from_utf8(Engine::standard().scrub(text.as_bytes())).unwrap()
}

#[test]
fn percent_signs_that_are_escaped_themselves_are_read() {
    assert_eq!(scrubbed("GET /x?m=jdoe%2540example.com&p=2"), "GET /x?m=[EMAIL]&p=2");
    assert_eq!(scrubbed("GET /x?m=jdoe%25252540example.com&p=2"), "GET /x?m=[EMAIL]&p=2");
    assert_eq!(scrubbed("load 100%25, then 20%2520 more"), "load 100%25, then 20%2520 more");
}

#[test]
fn keys_inside_json_inside_json_name_their_values() {
    let mut text = r#"{"password":"hunter-two","card":4111111111111111,"n":1}"#.to_owned();
    let mut masked = r#"{"password":"[PASSWORD_ASSIGNMENT]","card":null,"n":1}"#.to_owned();
    for depth in 0..5 {
        assert_eq!(scrubbed(&text), masked, "{depth} strings deep");
        for text in [&mut text, &mut masked] {
            *text = serde_json::json!({ "msg": *text }).to_string();
        }
    }
}

#[test]
fn look_alikes_hide_nothing() {
    for (text, masked) in [
        ("id １２３－４５－６７８９ end", "id [US_SSN] end"),
        ("id 123\u{2010}45\u{2011}6789 end", "id [US_SSN] end"),
        ("id 123\u{2212}45\u{2013}6789 end", "id [US_SSN] end"),
        ("card 4111\u{a0}1111\u{202f}1111\u{3000}1111 end", "card [PAN] end"),
        ("mail jd\u{200b}oe@exam\u{feff}ple.com end", "mail [EMAIL] end"),
        ("mail ｊｄｏｅ＠ｅｘａｍｐｌｅ．ｃｏｍ end", "mail [EMAIL] end"),
        (r#"{"m":"jdoe\uff20example.com\u200b"}"#, r#"{"m":"[EMAIL]"}"#),
        ("m=jd%E2%80%8Boe%40example.com&n=1", "m=[EMAIL]&n=1"),
        ("mail jdoe&#65312;example.com end", "mail [EMAIL] end"),
    ] {
        assert_eq!(scrubbed(text), masked, "{text}");
    }
}

#[test]
fn look_alikes_in_prose_stay() {
    for text in [
        "\u{feff}{\"level\":\"info\"}",
        "prix : 12\u{a0}000\u{202f}€, délai 10–20 jours",
        "再試行します：３回、ＯＫ",
        "it’s done — twice… “quoted”",
    ] {
        assert_eq!(scrubbed(text), text);
    }
}

/// Text in which `<32m>` is a colour code, in each of its spellings.
fn coloured(text: &str) -> Vec<String> {
    ["\u{1b}[", r"\e[", r"\x1b[", r"\x1B[", r"\033[", r"\u001b[", r"\\u001B["]
        .map(|code| text.replace("m>", "m").replace("K>", "K").replace('<', code))
        .to_vec()
}

#[test]
fn colours_hide_nothing_and_stay() {
    let token = format!("gh{}IqIMNOZH6z0wIEB4T9A2g4EHMy8Ji42q4HA5", "p_");
    let key = format!("AK{}Z3MHLQBV7TRKNPXS", "IA");
    let live = format!("sk_{}4eC39HqLyjWDarjtT1zdp7dc", "live_");
    for (text, masked) in [
        ("id <32m>123-45-6789<0m> end", "id <32m>[US_SSN]<0m> end"),
        ("<1;31m>4111 1111 1111 1111<m> end", "<1;31m>[PAN]<m> end"),
        ("<38;2;9;8;7m>4111111111111111<0m><K>", "<38;2;9;8;7m>[PAN]<0m><K>"),
        ("from <33m>8.8.4.4<0m> end", "from <33m>[IP_V4]<0m> end"),
        (&format!("got <33m>{token}<0m> end"), "got <33m>[GITHUB_CLASSIC]<0m> end"),
        (&format!("got <33m>{key}<0m> end"), "got <33m>[AWS_ACCESS_KEY_ID]<0m> end"),
        (&format!("got <33m>{live}<0m> end"), "got <33m>[STRIPE_SECRET]<0m> end"),
        ("to <2m>GB29NWBK60161331926819<0m>", "to <2m>[IBAN]<0m>"),
        ("<34m>u@example.com<0m> end", "<34m>[EMAIL]<0m> end"),
        ("<36m>password<0m>=<33m>kVx92mPaZq7<0m> end", "<36m>password<0m>=<33m>[PASSWORD_ASSIGNMENT]<0m> end"),
        ("password=<33m>kVx92mPaZq7<0m>", "password=<33m>[PASSWORD_ASSIGNMENT]<0m>"),
        ("password: <33m><1m>kVx92mPaZq7<0m><K>, ok", "password: <33m><1m>[PASSWORD_ASSIGNMENT]<0m><K>, ok"),
        // As a search marks what it found, and as words stand side by side.
        ("id 123-<01;31m><K>45<m><K>-6789 end", "id [US_SSN] end"),
        ("INFO<0m>123-45-6789<32m>done", "INFO<0m>[US_SSN]<32m>done"),
        ("user<0m> j<1m>doe@example.com<0m>", "user<0m> [EMAIL]<0m>"),
        ("<32m>INFO<0m> done in <1m>37<0m> ms, <K>ok", "<32m>INFO<0m> done in <1m>37<0m> ms, <K>ok"),
    ] {
        for (text, masked) in coloured(text).iter().zip(coloured(masked)) {
            assert_eq!(scrubbed(text), masked, "{text:?}");
            assert_eq!(scrubbed(&masked), masked);
        }
    }
    let json = r#"{"msg":"\u001b[36mpassword\u001b[0m=\u001b[33mkVx92mPaZq7\u001b[0m","email":"\u001b[1mu@example.com\u001b[0m"}"#;
    let masked = r#"{"msg":"\u001b[36mpassword\u001b[0m=\u001b[33m[PASSWORD_ASSIGNMENT]\u001b[0m","email":"\u001b[1m[EMAIL]\u001b[0m"}"#;
    assert_eq!(scrubbed(json), masked);
    assert_eq!(scrubbed(masked), masked);
}

#[test]
fn what_is_no_colour_is_read_as_it_stands() {
    assert_eq!(scrubbed("\u{1b}[4111111111111111;1m end"), "\u{1b}[[PAN];1m end");
    assert_eq!(scrubbed("password=\u{1b}[0m"), "password=\u{1b}[0m");
    assert_eq!(scrubbed("\u{1b}[EMAIL] \u{1b}[IP_V4]"), "\u{1b}[EMAIL] \u{1b}[IP_V4]");
}

fn base64(text: &[u8], alphabet: &[u8; 64], padded: bool) -> String {
    let mut out = String::new();
    for group in text.chunks(3) {
        let bits = group.iter().fold(0usize, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - group.len()));
        (0..=group.len()).for_each(|at| out.push(char::from(alphabet[bits >> (18 - 6 * at) & 63])));
        if padded {
            out.push_str(&"=".repeat(3 - group.len()));
        }
    }
    out
}

pub(crate) fn standard(text: &str) -> String {
    base64(text.as_bytes(), b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", true)
}

pub(crate) fn url(text: &str) -> String {
    base64(text.as_bytes(), b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", false)
}

pub(crate) fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

const RECORD: &str = r#"{"user":{"email":"jdoe@example.com","password":"hunter-two"},"why":"¿¿¿???>>>"}"#;
const MASKED: &str = r#"{"user":{"email":"[EMAIL]","password":"[PASSWORD_ASSIGNMENT]"},"why":"¿¿¿???>>>"}"#;

#[test]
fn text_in_base64_and_hex_is_masked_in_its_own_form() {
    for write in [standard, url, hex] {
        let (run, masked) = (write(RECORD), write(MASKED));
        for line in ["payload # end", "payload=# n=3", r##"{"data":"#","n":3}"##, "GET /v1/items/#?page=2", "id-# done", "(#)", "#"] {
            assert_eq!(scrubbed(&line.replace('#', &run)), line.replace('#', &masked), "{line}");
        }
        // And once more inside.
        // Of whole groups nothing says whether padding is written.
        let blanks = if ("inside is".len() + run.len()) % 3 == 2 { "  " } else { " " };
        let (run, masked) = (write(&format!("inside is{blanks}{run}")), write(&format!("inside is{blanks}{masked}")));
        assert_eq!(scrubbed(&format!("read {run}, ok")), format!("read {masked}, ok"));
    }
    let bytes = format!(r"'\x{}'", hex(RECORD));
    assert_eq!(scrubbed(&bytes), format!(r"'\x{}'", hex(MASKED)));
    assert_eq!(scrubbed(&format!("0x{}", hex("j 4111111111111111").to_uppercase())), format!("0x{}", hex("j [PAN]").to_uppercase()));
}

#[test]
fn a_run_takes_a_label_where_its_form_cannot_be_kept() {
    let run = standard(RECORD);
    assert_eq!(
        scrubbed(&format!("GET /x?d={}&n=1", run.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"))),
        "GET /x?d=[EMAIL]&n=1"
    );
    // What is cut off has no whole last group.
    let whole = standard("from jdoe@example.com to all of them");
    let cut = whole.get(..41).unwrap();
    assert_eq!(scrubbed(&format!("sent {cut}... ok")), "sent [EMAIL]... ok");
    assert_eq!(scrubbed(&format!("password={}", standard("hunter-two is it"))), "password=[PASSWORD_ASSIGNMENT]");
    // The key that did not fit the long run might fit a shorter one.
    assert_eq!(scrubbed(&format!("user={}&n=1", standard(&RECORD.repeat(2)))), "user=[USERNAME]&n=1");
    assert_eq!(scrubbed(&format!("patient_name={}", standard("Jane Doe Example"))), "patient_name=[PERSON_NAME]");
}

#[test]
fn runs_without_a_finding_stay() {
    for text in [
        &standard("a sentence without anything in it"),
        &hex("a sentence without anything in it"),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "SimpleAuthenticationManagerFactoryBean",
        "QWxsIG9mIHRoaXMgaXMgdGV4dCB3aXRob3V0IGFueXRoaW5n/even/in/a/path",
        "1608999687919862906 blk_-1608999687919862906",
    ] {
        assert_eq!(scrubbed(text), *text);
    }
}

#[test]
fn compressed_text_in_a_run_is_found() {
    use std::io::Write as _;
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let gzip = |text: &[u8]| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    };
    let zlib = |text: &[u8]| {
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    };
    for packed in [gzip(RECORD.as_bytes()), zlib(RECORD.as_bytes())] {
        assert_eq!(scrubbed(&format!("data {} end", base64(&packed, alphabet, true))), "data [EMAIL] end");
        let digits: String = packed.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(scrubbed(&format!("data {digits} end")), "data [EMAIL] end");
    }
    let harmless = format!("data {} end", base64(&gzip(b"a sentence without anything in it"), alphabet, true));
    assert_eq!(scrubbed(&harmless), harmless);
    // More than is opened, packed twice, or cut off: masked unread.
    let mut bombs = vec![gzip(&b"a".repeat(100_000)), gzip(&gzip(RECORD.as_bytes())), gzip(RECORD.repeat(9).as_bytes())];
    let half = bombs[2].len() * 2 / 3;
    bombs[2].truncate(half);
    for packed in bombs {
        let output = scrubbed(&format!("data {} end", base64(&packed, alphabet, true)));
        assert!(output == "data [HIGH_ENTROPY_GENERIC] end" || output == "data [EMAIL] end", "{output}");
    }
}

#[test]
fn encodings_beyond_the_last_layer_are_masked_unread() {
    let mut text = "harmless words in a row".to_owned();
    for _ in 0..4 {
        text = standard(&text);
        assert_eq!(scrubbed(&text), text);
    }
    text = standard(&text);
    assert_ne!(scrubbed(&text), text);
}

#[test]
fn the_claims_of_a_token_mask_the_token() {
    let token =
        format!("{}.{}.{}", url(r#"{"alg":"HS256","typ":"JWT"}"#), url(r#"{"email":"jdoe@example.com"}"#), url("not a real signature"));
    assert_eq!(scrubbed(&format!("got {token} back")), "got [JWT] back");
    assert_eq!(scrubbed("Authorization: Basic amRvZTpodW50ZXItdHdvLWFnYWlu"), "Authorization: Basic [AUTH_BASIC]");
}

#[test]
fn other_masks_hold_inside_a_run() {
    let run = standard(RECORD);
    let with = |mask| {
        let engine = Engine::builder().mask("email", mask).unwrap().build().unwrap();
        String::from_utf8(engine.scrub(format!("data {run} end\nnext\n").as_bytes())).unwrap()
    };
    assert_eq!(with(hushlog::Mask::DropRecord), "[WITHHELD:policy]\nnext\n");
    assert_eq!(with(hushlog::Mask::DropValue), format!("data {} end\nnext\n", standard(&MASKED.replace("[EMAIL]", ""))));
    assert_eq!(with(hushlog::Mask::Partial), format!("data {} end\nnext\n", standard(&MASKED.replace("[EMAIL]", "j***@example.com"))));
}
