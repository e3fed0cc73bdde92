//! A picture for an item that has none: a coloured card with its initials. The same name gives the same picture.

/// An SVG of 400 × 400. `kind` decides the colour.
pub fn draw(name: &str, kind: &str) -> String {
    let hue = kind
        .bytes()
        .chain(name.bytes().filter(|_| kind.is_empty()))
        .fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)))
        % 360;
    let initials: String = name.split_whitespace().filter_map(|word| word.chars().next()).take(3).collect();
    let (initials, label) = (escape(&initials.to_uppercase()), escape(name));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 400\" width=\"400\" height=\"400\" role=\"img\" \
         aria-label=\"{label}\"><rect width=\"400\" height=\"400\" rx=\"28\" fill=\"hsl({hue} 45% 88%)\"/>\
         <circle cx=\"200\" cy=\"180\" r=\"120\" fill=\"hsl({hue} 45% 72%)\"/>\
         <text x=\"200\" y=\"205\" font-family=\"sans-serif\" font-size=\"84\" font-weight=\"700\" text-anchor=\"middle\" \
         fill=\"hsl({hue} 60% 22%)\">{initials}</text>\
         <text x=\"200\" y=\"355\" font-family=\"sans-serif\" font-size=\"20\" text-anchor=\"middle\" \
         fill=\"hsl({hue} 60% 22%)\">{label}</text></svg>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_the_picture() {
        let svg = draw("<script>\"&", "Tea");
        assert!(!svg.contains("<script>") && svg.contains("&lt;script&gt;&quot;&amp;"));
        assert_eq!(draw("Assam Tea", "Tea"), draw("Assam Tea", "Tea"));
    }
}
