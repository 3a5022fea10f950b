//! The packs of national identifiers: what holds for the engine holds with all of them on.

use crate::documents::{cases, document};
use hushlog::Engine;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::sync::OnceLock;

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::builder().packs("all").and_then(hushlog::EngineBuilder::build).unwrap())
}

/// Lines of names, separators and values of several countries, in any order.
fn lines() -> impl Strategy<Value = Vec<u8>> {
    let parts = vec![
        "nhs_number",
        "NHS number",
        "nino",
        "cpf",
        "dni",
        "cedula",
        "身份证号",
        "taj_szám",
        "personnummer",
        "sin",
        "--tfn",
        "patientNhsNumber",
        "=",
        ": ",
        "\":\"",
        "\", \"",
        "=>",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "'",
        "\\\"",
        "\\n",
        "：",
        ")=(",
        " ",
        "\n",
        "is ",
        "no. ",
        ",",
        "(",
        ")",
        "9434765919",
        "123 456 782",
        "9434765918",
        "AB123456C",
        "AB 12 34 56 C",
        "111.222.333-96",
        "12345678Z",
        "11010519491231002X",
        "900101-0009",
        "123-456-782",
        "001-0000000-9",
        "null",
        "[GB_NHS]",
        "[GB_NHS] 9990000018",
        "12.ABC.345/01DE-35",
        "A123456(3)",
        "010190-900P",
        "11144477735",
        "cpf_2",
        "nhs checked ",
        "+",
        "/",
        ".",
        "***",
        "-",
        "\u{a0}",
        "\u{ff}",
    ];
    vec(select(parts), 1..60).prop_map(|parts| parts.concat().into_bytes())
}

fn scrub_in_pieces<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut stream = engine().stream();
    for piece in pieces {
        stream.push(piece, &mut |clean| out.extend_from_slice(clean.as_bytes()));
    }
    stream.finish(&mut |clean| out.extend_from_slice(clean.as_bytes()));
    out
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn output_does_not_depend_on_the_cuts(text in lines(), around in document(2), cut in any::<Index>()) {
        let bytes = [&around[..], b"\n", &text, b"\n", &around].concat();
        let (start, end) = bytes.split_at(cut.index(bytes.len()));
        prop_assert_eq!(scrub_in_pieces([start, end]), engine().scrub(&bytes));
    }

    #[test]
    fn scrubbing_twice_is_scrubbing_once(text in lines()) {
        let once = engine().scrub(&text);
        let twice = engine().scrub(&once);
        prop_assert!(twice == once, "{}\n{}", String::from_utf8_lossy(&once), String::from_utf8_lossy(&twice));
    }

    #[test]
    fn the_oracle_agrees(text in lines()) {
        prop_assert_eq!(engine().scrub_naively(&text), engine().scrub(&text));
    }

    /// What `standard` masks stays masked: a pack only adds.
    #[test]
    fn packs_only_add(text in lines(), around in document(2)) {
        let bytes = [&around[..], b"\n", &text].concat();
        let with = engine().find(&bytes);
        for found in Engine::standard().find(&bytes) {
            let covered = with.iter().any(|with| with.line == found.line && with.start <= found.start && with.end >= found.end);
            prop_assert!(covered, "{} is found without packs only", found.kind);
        }
    }
}
