//! The node's HTTP doors without sockets.

/// Every page and call of the seller node, as it mounts them. The node serves them on the same data.
macro_rules! service {
    ($app:expr) => {{
        let (app, node) = ($app.clone(), $app.node.clone());
        let app =
            actix_web::App::new().app_data(actix_web::web::Data::from(node)).app_data(actix_web::web::Data::from(app));
        actix_web::test::init_service(app.configure(|pages| {
            seller_app::api::mount(pages);
            seller_app::console::mount(pages);
            seller_app::portal::mount(pages);
            seller_app::public_pages::mount(pages);
        }))
        .await
    }};
}
