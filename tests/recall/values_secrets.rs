//! Values of the credential kinds: cloud, source hosting, services.
//!
//! Formats: catalogue section 6 (vendor documentation).
//! Tokens are filled in at run time: no file of the repository holds one.

use super::values::{Kind, Make};

pub(crate) const KINDS: &[Kind] = &[
    Kind::structured("aws_access_key_id", &["aws_access_key_id"], Make::Of(&["AKIA<16:2>", "ASIA<16:2>", "ABIA<16:2>", "ACCA<16:2>"])),
    Kind::keyed("aws_secret_access_key", &["aws_secret_access_key", "aws_secret", "secret_access_key"], Make::Of(&["<40:b>"])),
    Kind::structured(
        "aws_session_token",
        &["aws_session_token", "x_amz_security_token"],
        Make::Of(&["IQoJb3JpZ2luX2Vj<300-600:b>", "FwoGZXIvYXdz<300-500:b>", "IQoJb3JpZ2luX2Vj<306:b>=="]),
    ),
    Kind::structured("aws_bedrock_key", &[], Make::Of(&["ABSK<128:b>", "ABSK<109-260:b>", "bedrock-api-key-<120-240:b>"])),
    Kind::structured(
        "aws_presigned_url",
        &[],
        Make::Of(&[
            "https://b<2:d>.s3.amazonaws.com/k?X-Amz-Credential=x&X-Amz-Signature=«<64:h>»",
            "https://b<2:d>.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=900&X-Amz-Signature=«<64:h>»&x=1",
            "https://b<2:d>.s3.amazonaws.com/k?AWSAccessKeyId=«AKIA<16:2>»&Expires=1900000000&Signature=«<27:n>%3D»",
        ]),
    ),
    Kind::structured("gcp_api_key", &[], Make::Of(&["AIza<35:u>", "AIza<35:u>", "AQ.Ab8RN6<44:u>"])),
    Kind::structured("gcp_oauth_token", &[], Make::Of(&["ya29.<120:u>", "ya29.<100-200:u>", "1//0<60-100:u>", "GOCSPX-<28:u>"])),
    Kind::structured(
        "gcp_service_account",
        &[],
        Make::Of(&["\"private_key_id\": \"«<40:h>»\"", "{\"type\": \"service_account\", \"private_key_id\": \"«<40:h>»\"}"]),
    ),
    Kind::structured(
        "azure_storage_key",
        &[],
        Make::Of(&[
            "AccountKey=«<86:b>==»",
            "DefaultEndpointsProtocol=https;AccountName=acct1;AccountKey=«<86:b>==»;EndpointSuffix=core.windows.net",
            "Endpoint=sb://n1.servicebus.windows.net/;SharedAccessKeyName=root;SharedAccessKey=«<43:b>=»",
        ]),
    ),
    Kind::structured(
        "azure_sas",
        &[],
        Make::Of(&[
            "sv=2022-11-02&sr=b&sig=«<43:n>%3D»",
            "https://acct1.blob.core.windows.net/c/b?sv=2022-11-02&se=2030-01-01&sr=b&sp=r&sig=«<43:n>%3D»",
        ]),
    ),
    Kind::structured("azure_ad_client_secret", &[], Make::Of(&["<3:n>8Q~<34:u>", "<3:n><1:d>Q~<31-34:u>"])),
    Kind::keyed("azure_devops_pat", &["azure_devops_pat"], Make::Of(&["<52:i>"])),
    Kind::structured("github_fine_grained", &[], Make::Of(&["github_pat_<22:n>_<59:n>"])),
    Kind::structured("github_app_installation_stateless", &[], Make::Of(&["ghs_<6:d>_eyJ<60:n>.<200:n>.<200:u>"])),
    Kind::structured(
        "gitlab_pat",
        &[],
        Make::Of(&[
            "glpat-<20:u>",
            "gldt-<20:u>",
            "glrt-<20:u>",
            "glptt-<40:h>",
            "gloas-<64:h>",
            "glft-<20:u>",
            "glimt-<25:u>",
            "glagent-<50:u>",
            "glsoat-<20:u>",
            "glffct-<20:u>",
            "GR1348941<20:u>",
            "acme-«glpat-<20:u>»",
        ]),
    ),
    Kind::structured("gitlab_pat_routable", &[], Make::Of(&["glpat-<27-80:u>.0w<7:i>", "glpat-<40:u>.01.<9:i>"])),
    Kind::structured(
        "slack_bot_token",
        &[],
        Make::Of(&["xoxb-<12:d>-<12:d>-<24:n>", "xoxp-<12:d>-<12:d>-<12:d>-<32:h>", "xoxe.xoxp-1-<163:n>", "xoxa-<12:d>-<12:d>-<24:n>"]),
    ),
    Kind::structured("slack_app_token", &[], Make::Of(&["xapp-1-A<10:I>-<13:d>-<64:h>"])),
    Kind::structured(
        "slack_webhook",
        &[],
        Make::Of(&["https://hooks.slack.com/services/«T<8:I>/B<10:I>/<24:n>»", "https://discord.com/api/webhooks/«<18:d>/<68:u>»"]),
    ),
    Kind::structured(
        "stripe_secret",
        &[],
        Make::Of(&["sk_live_<24:n>", "rk_live_<24:n>", "sk_test_<24:n>", "rk_test_<99:n>", "whsec_<32:n>"]),
    ),
    Kind::keyed("datadog_api_key", &["dd_api_key", "datadog_api_key", "dd_app_key"], Make::Of(&["<32:h>", "<40:h>"])),
    Kind::structured("datadog_app_key", &["dd_app_key"], Make::Of(&["ddapp_<34:n>", "ddapp_<30-40:n>"])),
    Kind::structured("pypi_token", &[], Make::Of(&["pypi-AgEIcHlwaS5vcmc<150-200:u>", "pypi-AgENdGVzdC5weXBpLm9yZw<150:u>"])),
    Kind::structured("cargo_rubygems_nuget", &[], Make::Of(&["rubygems_<48:h>", "cio<32:n>", "oy2<43:3>"])),
    Kind::structured("docker_hub_pat", &[], Make::Of(&["dckr_pat_<27:u>", "dckr_oat_<32:u>", "SWMTKN-1-<50:i>-<25:i>"])),
    Kind::structured("password_hash", &[], Make::Of(&["$6$<16:n>$<86:n>", "$2b$12$<53:n>", "$1$<8:n>$<22:n>", "$y$j9T$<22:n>$<43:n>"])),
    Kind::structured("sendgrid", &[], Make::Of(&["SG.<22:u>.<43:u>"])),
    Kind::structured("twilio", &[], Make::Of(&["SK<32:h>"])),
    Kind::structured("mailgun_mailchimp", &[], Make::Of(&["<32:h>-us<1:9><1:d>", "key-<32:h>"])),
    Kind::structured("telegram_bot", &[], Make::Of(&["<1:9><9:d>:AA<33:u>"])),
    Kind::structured(
        "shopify_square_paypal",
        &[],
        Make::Of(&["shpat_<32:h>", "shpca_<32:h>", "shppa_<32:h>", "shpss_<32:h>", "sq0atp-<22:u>", "EAAA<60:u>"]),
    ),
    Kind::structured(
        "digitalocean_heroku_fly",
        &[],
        Make::Of(&["dop_v1_<64:h>", "doo_v1_<64:h>", "dor_v1_<64:h>", "sbp_<40:h>", "HRKU-AA<58:u>"]),
    ),
    Kind::structured("cloudflare", &[], Make::Of(&["v1.0-<24:h>-<146:h>"])),
    Kind::structured("hashicorp", &[], Make::Of(&["hvs.<92:u>", "hvs.<90-120:u>", "hvb.<140:u>", "<14:n>.atlasv1.<64:n>"])),
    Kind::structured("grafana", &[], Make::Of(&["glsa_<32:n>_<8:h>", "glc_<80-120:b>"])),
    Kind::structured("newrelic_sentry_honeycomb", &[], Make::Of(&["NRAK-<27:I>", "sntryu_<64:h>", "dt0c01.<24:I>.<64:I>"])),
    Kind::structured("atlassian", &[], Make::Of(&["ATATT3<186:u>", "ATCTT3<186:u>"])),
    Kind::structured(
        "linear_notion_figma",
        &[],
        Make::Of(&["lin_api_<40:n>", "ntn_<46:n>", "figd_<40:u>", "PMAK-<24:h>-<34:h>", "phx_<43:n>", "sgp_<40:h>"]),
    ),
    Kind::structured("kubernetes_openshift", &[], Make::Of(&["sha256~<43:u>"])),
    Kind::structured("vcs_ci_misc", &[], Make::Of(&["CCIPAT_<22:n>_<40:h>", "bkua_<40:h>", "ATBB<32:n>", "AKCp<69:n>", "cmVmd<59:n>"])),
];
