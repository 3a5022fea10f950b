//! Values of the credential kinds: model and experiment services.
//!
//! Formats: catalogue section 6 (vendor documentation).
//! Tokens are filled in at run time: no file of the repository holds one.

use super::values::{Kind, Make, Value, uuid};

pub(crate) const KINDS: &[Kind] = &[
    Kind::structured("openai_legacy", &[], Make::Of(&["sk-<20:n>T3BlbkFJ<20:n>"])),
    Kind::structured(
        "openai_project",
        &[],
        Make::Of(&[
            "sk-proj-<74:u>T3BlbkFJ<74:u>",
            "sk-svcacct-<58:u>T3BlbkFJ<58:u>",
            "sk-admin-<58:u>T3BlbkFJ<58:u>",
            "sk-proj-<20:u>T3BlbkFJ<20:u>",
        ]),
    ),
    Kind::structured(
        "anthropic_api",
        &[],
        Make::Of(&["sk-ant-api03-<93:u>AA", "sk-ant-admin01-<93:u>AA", "sk-ant-oat01-<93:u>AA", "sk-ant-sid01-<60:u>"]),
    ),
    Kind::structured("huggingface_token", &["hf_token", "huggingface_token"], Make::Of(&["hf_<34:l>", "hf_<34:l>", "api_org_<34:l>"])),
    Kind::structured("wandb_api_key_v1", &["wandb_api_key"], Make::Of(&["wandb_v1_<27:n>_<49:n>"])),
    Kind::keyed("wandb_api_key_legacy", &["wandb_api_key"], Make::Of(&["<40:h>", "<40:h>", "local-<40:h>"])),
    Kind::keyed("mlflow_credentials", &["mlflow_tracking_token", "mlflow_tracking_password"], Make::Of(&["<16:n>", "<24:n>"])),
    Kind::structured("databricks_pat", &[], Make::Of(&["dapi<32:h>", "dapi<32:h>-2", "dose<32:h>", "dkea<32:h>"])),
    // Section 9 has no key for these; the names are the vendors' own variables.
    Kind::keyed(
        "comet_neptune_clearml",
        &["comet_api_key", "neptune_api_token", "clearml_api_secret_key"],
        Make::Of(&["<25:n>", "<40:n>"]),
    ),
    Kind::keyed("kaggle_key", &["kaggle_key"], Make::Of(&["<32:h>"])),
    Kind::structured("nvidia_ngc", &[], Make::Of(&["nvapi-<64:u>", "nvapi-<60-70:u>"])),
    Kind::structured("replicate", &[], Make::Of(&["r8_<37:n>"])),
    Kind::structured("groq", &[], Make::Of(&["gsk_<52:n>"])),
    Kind::structured("xai", &[], Make::Of(&["xai-<80:n>"])),
    Kind::structured("openrouter", &[], Make::Of(&["sk-or-v1-<64:h>"])),
    Kind::keyed("deepseek_moonshot", &["deepseek_api_key", "moonshot_api_key"], Make::Of(&["sk-<32:h>"])),
    Kind::structured("perplexity", &[], Make::Of(&["pplx-<48:n>"])),
    Kind::structured("together_fireworks", &[], Make::Of(&["tgp_v1_<43:u>"])),
    Kind::structured("cerebras", &[], Make::Of(&["csk-<48:i>"])),
    Kind::structured("langsmith", &[], Make::Of(&["lsv2_pt_<32:h>_<10:h>", "lsv2_sk_<32:h>_<10:h>"])),
    Kind::structured("langfuse", &[], Make::With(|rng, _| Value::whole(format!("sk-lf-{}", uuid(rng))))),
    Kind::structured("pinecone", &[], Make::Of(&["pcsk_<6:n>_<63:n>"])),
    Kind::structured("runpod", &[], Make::Of(&["rpa_<40:I><6:n>"])),
    Kind::structured("elevenlabs", &[], Make::Of(&["sk_<48:h>"])),
];
