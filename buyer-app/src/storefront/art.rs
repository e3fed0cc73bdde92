//! Pictures of products without pictures: a drawing for the category, in a colour of the name. No internet, no tracking.

use actix_web::{HttpResponse, get, web};
use serde::Deserialize;

use crate::catalogue::words::normalised;

pub fn mount(app: &mut web::ServiceConfig) {
    app.service(art_svg);
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ArtQuery {
    /// Category.
    c: String,
    /// Name, for the colour.
    n: String,
}

#[get("/art.svg")]
async fn art_svg(query: web::Query<ArtQuery>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header(("Cache-Control", "public, max-age=86400, immutable"))
        .body(drawing(&query.c, &query.n))
}

/// Drawings in a 100 × 100 box, by words of the category. The first that fits wins: dry fruits are
/// a snack and fruit juices are a drink.
const DRAWINGS: [(&[&str], &str); 11] = [
    (
        &["snack", "chip", "namkeen", "dry fruit", "chocolate", "biscuit"],
        "<path d='M26 18l6 4 6-4 6 4 6-4 6 4 6-4 6 4 6-4v64l-6-4-6 4-6-4-6 4-6-4-6 4-6-4-6 4z'/>",
    ),
    (
        &["drink", "beverage", "tea", "coffee", "juice"],
        "<path d='M26 30h40v34a14 14 0 0 1-14 14H40a14 14 0 0 1-14-14zM66 36h6a10 10 0 0 1 0 22h-6' />",
    ),
    (
        &["fruit", "vegetable"],
        "<path d='M50 34c10-12 30-6 30 14 0 20-16 34-30 34S20 68 20 48c0-20 20-26 30-14z'/><path d='M50 32c0-10 6-16 14-18' fill='none' stroke-width='5' stroke-linecap='round'/>",
    ),
    (&["dairy", "milk", "cheese"], "<path d='M40 14h20v14l8 14v40a6 6 0 0 1-6 6H38a6 6 0 0 1-6-6V42l8-14z'/>"),
    (
        &["bakery", "cake", "bread"],
        "<path d='M22 46c0-14 12-20 28-20s28 6 28 20c0 5-2 8-6 10v20a4 4 0 0 1-4 4H32a4 4 0 0 1-4-4V56c-4-2-6-5-6-10z'/>",
    ),
    (
        &["masala", "seasoning", "spice", "pickle", "chutney", "jam", "sauce"],
        "<path d='M34 16h32v10H34zM30 32h40v46a6 6 0 0 1-6 6H36a6 6 0 0 1-6-6z'/>",
    ),
    (
        &["oil", "ghee", "detergent", "clean", "dishwash", "care"],
        "<path d='M42 12h16v12h-4v8c10 4 14 10 14 20v30a6 6 0 0 1-6 6H38a6 6 0 0 1-6-6V52c0-10 4-16 14-20v-8h-4z'/>",
    ),
    (&["egg", "meat", "fish"], "<path d='M50 16c14 0 24 22 24 38a24 24 0 0 1-48 0c0-16 10-38 24-38z'/>"),
    (
        &["atta", "flour", "rice", "pulse", "cereal", "grain", "foodgrain", "sooji", "dal"],
        "<path d='M36 20c8 5 20 5 28 0l-4 12c14 10 18 22 18 36 0 10-6 16-14 16H36c-8 0-14-6-14-16 0-14 4-26 18-36z'/>",
    ),
    (
        &["pet"],
        "<circle cx='50' cy='62' r='16'/><circle cx='28' cy='46' r='8'/><circle cx='42' cy='32' r='8'/><circle cx='58' cy='32' r='8'/><circle cx='72' cy='46' r='8'/>",
    ),
    (&["baby", "toy"], "<circle cx='50' cy='36' r='18'/><path d='M22 84c0-16 12-26 28-26s28 10 28 26z'/>"),
];

const BOX: &str = "<path d='M20 36l30-16 30 16v32L50 84 20 68z'/><path d='M20 36l30 16 30-16M50 52v32' fill='none' stroke-width='4'/>";

/// An SVG of about 600 bytes.
pub fn drawing(category: &str, name: &str) -> String {
    let category = normalised(category);
    let shape = DRAWINGS
        .iter()
        .find(|(words, _)| words.iter().any(|word| category.contains(word)))
        .map_or(BOX, |(_, shape)| shape);
    // FNV-1a: the same name has the same colour on every machine.
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let hue = hash % 360;
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 100' role='img' aria-hidden='true'>\
         <rect width='100' height='100' fill='hsl({hue} 45% 92%)'/>\
         <g fill='hsl({hue} 45% 62%)' stroke='hsl({hue} 50% 38%)' stroke-width='3' stroke-linejoin='round'>{shape}</g></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_have_their_drawing_and_names_their_colour() {
        assert_ne!(drawing("Fruits and Vegetables", "Mango"), drawing("Dairy and Cheese", "Mango"));
        assert_eq!(drawing("Snacks, Dry Fruits, Nuts", "A"), drawing("Snacks", "A"));
        assert_eq!(drawing("Fruit Juices and Fruit Drinks", "A"), drawing("Tea", "A"));
        assert_ne!(drawing("Snacks", "A"), drawing("Snacks", "B"));
        assert_eq!(drawing("Snacks", "A"), drawing("Snacks", "A"));
        assert!(drawing("<script>", "\"").len() < 1_000);
        assert!(!drawing("<script>", "<script>").contains("<script>"));
    }
}
