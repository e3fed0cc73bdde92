//! Start and stop of a seller node.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::web;
use node::{Node, Running, StartError, StopSignal, Surroundings};
use protocol::participant::Role;

use crate::app::SellerApp;
use crate::config::SellerConfig;
use crate::network::handler::SellerHandler;
use crate::{api, carriers, console, portal, public_pages, store, workers};

/// A seller node that serves.
#[derive(Debug)]
pub struct SellerRunning {
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub url: String,
    pub app: Arc<SellerApp>,
    running: Running,
}

impl SellerRunning {
    /// Stops listening, lets running work finish, closes the database.
    pub async fn stop(self) {
        self.running.stop().await;
    }

    /// Runs until the program is told to stop, then stops.
    pub async fn wait(self, stop: StopSignal) {
        self.running.wait(stop).await;
    }
}

/// Opens database, keys and law; nothing runs and nothing listens yet. Enough for an import.
///
/// # Errors
/// Names what is missing or wrong.
pub async fn open(config: SellerConfig, surroundings: Surroundings) -> Result<Arc<SellerApp>, StartError> {
    config.check()?;
    let node = Node::open(config.node.clone(), Role::Seller, "seller-app", surroundings, store::MIGRATIONS).await?;
    Ok(Arc::new(SellerApp::new(node, config)?))
}

/// Starts a seller node. Without a `listener` it listens where the settings say.
///
/// # Errors
/// Names what is missing or wrong.
pub async fn start(
    config: SellerConfig,
    listener: Option<TcpListener>,
    surroundings: Surroundings,
) -> Result<SellerRunning, StartError> {
    let address = config.node.listen;
    let app = open(config, surroundings).await?;
    let listener = match listener {
        Some(listener) => listener,
        None => {
            TcpListener::bind(address).map_err(|source| StartError::Listen { address: address.to_string(), source })?
        }
    };
    let handler = Arc::new(SellerHandler::new(app.clone()));
    let shared = app.clone();
    let pages = move |pages: &mut web::ServiceConfig| {
        pages.app_data(web::Data::from(shared.clone()));
        api::mount(pages);
        console::mount(pages);
        portal::mount(pages);
        public_pages::mount(pages);
        carriers::events::mount(pages);
    };
    let running = node::serve(app.node.clone(), listener, handler, pages).await?;
    workers::start(&app);
    Ok(SellerRunning { url: running.url.clone(), app, running })
}
