//! The flags that every program has. Flatten [`Args`] into the app's own `clap` struct.

use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::settings::{ConfigError, effective, load};
use crate::telemetry::LogFormat;

#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Settings file (TOML). Without it: the defaults, the environment and --set.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Sets one value; may be repeated. The last one wins.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Prints the settings in effect (secrets as stars) and stops: 0 when they are good, 2 when not.
    #[arg(long)]
    pub check_config: bool,
    /// Form of the log lines.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub log: LogFormat,
}

impl Args {
    /// Reads the settings of an app; see [`load`].
    pub fn load<T: DeserializeOwned>(&self, defaults: &[&str], env_prefix: &str) -> Result<T, ConfigError> {
        load(defaults, self.config.as_deref(), env_prefix, &self.overrides()?)
    }

    /// Reads the settings for a `main`: with `--check-config` or with bad settings it prints and ends the program.
    pub fn load_or_exit<T>(
        &self,
        defaults: &[&str],
        env_prefix: &str,
        check: impl Fn(&T) -> Result<(), ConfigError>,
    ) -> T
    where
        T: DeserializeOwned + Serialize,
    {
        let settings = self.load::<T>(defaults, env_prefix).and_then(|settings| check(&settings).map(|()| settings));
        match settings {
            Ok(settings) if self.check_config => {
                print!("{}", effective(&settings));
                std::process::exit(0)
            }
            Ok(settings) => settings,
            Err(error) => {
                eprintln!("{error}");
                std::process::exit(2)
            }
        }
    }

    fn overrides(&self) -> Result<Vec<(String, String)>, ConfigError> {
        let pair = |text: &String| {
            let (key, value) = text.split_once('=').ok_or_else(|| ConfigError::Override(text.clone()))?;
            Ok((key.trim().to_owned(), value.to_owned()))
        };
        self.set.iter().map(pair).collect()
    }
}
