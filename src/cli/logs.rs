//! The program's own log on standard error: static messages, names of the configuration, counts.
//!
//! What libraries say is shown from `warn` up only: at lower levels some of them quote what they carry.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How the program logs what it does.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct LogOptions {
    /// Form of the program's own log on standard error
    #[arg(long, value_enum, value_name = "FORM", default_value_t)]
    log_format: Format,

    /// Least level of the program's own log; libraries log from `warn` up at most
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t)]
    log_level: Level,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A line of text
    #[default]
    Text,
    /// A JSON object a line
    Json,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Level {
    /// Nothing
    Off,
    /// Data was lost, or somebody has to act
    Error,
    /// Something failed and is tried again
    Warn,
    /// Start, stop, reload
    #[default]
    Info,
    /// More
    Debug,
}

impl LogOptions {
    /// Begins to log. Once a process.
    pub(super) fn start(self) {
        self.start_to(std::io::stderr);
    }

    /// Begins to log what needs somebody to look, to a place of its own.
    pub(super) fn warnings(to: impl for<'w> MakeWriter<'w> + Send + Sync + 'static) {
        Self { log_format: Format::Text, log_level: Level::Warn }.start_to(to);
    }

    fn start_to(self, to: impl for<'w> MakeWriter<'w> + Send + Sync + 'static) {
        let own = match self.log_level {
            Level::Off => LevelFilter::OFF,
            Level::Error => LevelFilter::ERROR,
            Level::Warn => LevelFilter::WARN,
            Level::Info => LevelFilter::INFO,
            Level::Debug => LevelFilter::DEBUG,
        };
        let targets = Targets::new()
            .with_default(own.min(LevelFilter::WARN))
            .with_target("hushlog", own)
            // The SDK quotes whole answers of credential services.
            .with_target("aws_", LevelFilter::OFF);
        let lines = tracing_subscriber::fmt::layer().with_writer(to).with_ansi(false);
        let registry = tracing_subscriber::registry();
        // Logging twice in a process is no reason to stop.
        let _ = match self.log_format {
            Format::Text => registry.with(lines.with_filter(targets)).try_init(),
            Format::Json => registry.with(lines.json().flatten_event(true).with_filter(targets)).try_init(),
        };
    }
}
