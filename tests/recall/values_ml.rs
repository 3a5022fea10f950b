//! Values of the structural kinds met in machine-learning and health logs.
//!
//! Formats: catalogue section 7 (BIDS, TCGA, ISIC and ADNI naming, DICOM data
//! element dumps, FHIR R4 JSON). The fixed parts carry the structure, the
//! secret parts the person.

use super::rng::Rng;
use super::values::{Class, Kind, Make, Value, date, family, fill, given, text_of};

pub(crate) const KINDS: &[Kind] = &[
    Kind::structured(
        "dataset_subject_id",
        &["subject_id", "hadm_id", "stay_id", "icustay_id", "participant_id", "case_id"],
        Make::With(dataset_subject_id),
    ),
    Kind::structured(
        "medical_archive_barcode",
        &[],
        Make::Of(&["TCGA-<2:d>-<4:d>-01C-01D-0<3:d>-01", "TCGA-<2:I>-<4:I>", "ISIC_<7:d>", "<3:d>_S_<4:d>", "LIDC-IDRI-<4:d>"]),
    ),
    Kind::structured("dicom_tag_dump", &[], Make::With(dicom)),
    Kind::structured("fhir_resource_fields", &[], Make::With(fhir)),
    // The default scans inside free text, so the text carries another kind.
    Kind::keyed(
        "prompt_or_sample_text",
        &["prompt", "completion", "transcript", "clinical_note", "note", "utterance", "content"],
        Make::Of(&[
            "please write to «user<4:d>@example.com» about the visit",
            "call me back at «415-555-01<2:d>» in the morning",
            "my number is «2<2:d>-4<1:d>-5<3:d>» and I need help",
            "paid with «4111 1111 1111 1111» last week",
        ]),
    ),
    // 0.5 in the catalogue and no key in section 9: outside the default.
    Kind::new(
        "checkpoint_or_hub_identity",
        Class::Below,
        &[],
        Make::Of(&[
            "https://wandb.ai/«<6-10:a>»/proj/runs/abcd1234",
            "wandb.ai/«<6-10:a>»/proj",
            "s3://bucket/users/«<6-10:a>»/ckpt.pt",
            "hf.co/«<6-10:a>»/model",
        ]),
    ),
];

fn dataset_subject_id(rng: &mut Rng, key: Option<&str>) -> Value {
    if key.is_some() {
        let form = rng.pick(&["<1:9><7:d>", "<1:9><5:d>", "sub-<1:9><3:d>"]);
        return fill(rng, form);
    }
    let form = rng.pick(&["/patient«0<4:d>»/study1/view1.jpg", "sub-«<1:9><3:d>»/ses-02", "/p«1<7:d>»/s«5<7:d>»/"]);
    fill(rng, form)
}

fn birth(rng: &mut Rng) -> (usize, usize, usize) {
    date(rng, 1930, 2010)
}

fn dicom(rng: &mut Rng, _: Option<&str>) -> Value {
    let name = format!("{}^{}", family(rng).to_uppercase(), given(rng).to_uppercase());
    let (y, m, d) = birth(rng);
    let (before, secret, after) = match rng.below(6) {
        0 => ("(0010,0010) PN [", name, "]"),
        1 => ("(0010,0010) Patient's Name                      PN: '", name, "'"),
        2 => ("(0010,0020) Patient ID                          LO: '", text_of(rng, "X<7:d>"), "'"),
        3 => ("(0010,0030) DA [", format!("{y}{m:02}{d:02}"), "]"),
        4 => ("(0008,0050) SH [", text_of(rng, "A<7:d>"), "]"),
        _ => ("(0010,0020) LO [", text_of(rng, "<1:9><7:d>"), "]"),
    };
    Value::default().fixed(before).secret(secret).fixed(after)
}

fn fhir(rng: &mut Rng, _: Option<&str>) -> Value {
    let (y, m, d) = birth(rng);
    let start = rng.pick(&[
        "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"",
        "{\"resourceType\":\"RelatedPerson\",\"active\":true,\"name\":[{\"family\":\"",
    ]);
    Value::default()
        .fixed(start)
        .secret(family(rng))
        .fixed("\",\"given\":[\"")
        .secret(given(rng))
        .fixed("\"]}],\"birthDate\":\"")
        .secret(format!("{y}-{m:02}-{d:02}"))
        .fixed("\",\"telecom\":[{\"system\":\"phone\",\"value\":\"")
        .secret(text_of(rng, "415-555-01<2:d>"))
        .fixed("\"}]}")
}
