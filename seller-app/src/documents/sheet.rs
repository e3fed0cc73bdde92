//! Paper to write on: text in Helvetica, lines, barcodes. Helvetica is in every reader, so nothing is embedded; it has the
//! Latin letters only, and money is written with the currency's code.

use barcoders::sym::code128::Code128;
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};

/// Points to a millimetre.
pub(super) const MM: f32 = 72.0 / 25.4;
const REGULAR: Name<'_> = Name(b"F1");
const BOLD: Name<'_> = Name(b"F2");

/// Widths of Helvetica from space to tilde, in thousandths of the size.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];

/// How text looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub size: f32,
    pub bold: bool,
}

pub(super) const fn plain(size: f32) -> Style {
    Style { size, bold: false }
}

pub(super) const fn bold(size: f32) -> Style {
    Style { size, bold: true }
}

/// Pages of one size. Places are millimetres from the top left corner; `y` is how far down the page is written.
pub(super) struct Sheet {
    width: f32,
    height: f32,
    pages: Vec<Content>,
    pub y: f32,
}

/// Kept free at each edge, millimetres.
pub(super) const MARGIN: f32 = 12.0;

impl Sheet {
    /// A sheet of this size in millimetres.
    pub fn new(width: f32, height: f32) -> Self {
        Self { width, height, pages: vec![Content::new()], y: MARGIN }
    }

    /// Begins a new page when less than `needed` millimetres are left.
    pub fn room(&mut self, needed: f32) {
        if self.y + needed > self.height - MARGIN {
            self.pages.push(Content::new());
            self.y = MARGIN;
        }
    }

    /// Text whose baseline is at `y` and which begins at `x`.
    pub fn text(&mut self, x: f32, style: Style, text: &str) {
        let (at_x, at_y) = (x * MM, (self.height - self.y) * MM);
        let font = if style.bold { BOLD } else { REGULAR };
        let Some(page) = self.pages.last_mut() else { return };
        page.begin_text().set_font(font, style.size).next_line(at_x, at_y).show(Str(&latin(text))).end_text();
    }

    /// Text that ends at `x`.
    pub fn right(&mut self, x: f32, style: Style, text: &str) {
        self.text(x - width(text, style), style, text);
    }

    /// Text broken into lines that are no wider than `wide`; moves down by what it needs.
    pub fn block(&mut self, x: f32, wide: f32, style: Style, text: &str) {
        for line in broken(text, wide, style) {
            self.text(x, style, &line);
            self.down(style.size * 1.3 / MM);
        }
    }

    pub fn down(&mut self, by: f32) {
        self.y += by;
    }

    /// A line across the page.
    pub fn rule(&mut self) {
        let y = (self.height - self.y) * MM;
        let (from, to) = (MARGIN.min(self.width / 12.0) * MM, (self.width - MARGIN.min(self.width / 12.0)) * MM);
        let Some(page) = self.pages.last_mut() else { return };
        page.set_line_width(0.5).move_to(from, y).line_to(to, y).stroke();
    }

    /// An empty box to tick, `side` millimetres wide, that stands on the baseline.
    pub fn tick(&mut self, x: f32, side: f32) {
        let (at_x, at_y) = (x * MM, (self.height - self.y) * MM);
        let Some(page) = self.pages.last_mut() else { return };
        page.set_line_width(0.7).rect(at_x, at_y, side * MM, side * MM).stroke();
    }

    /// Code 128 of `text` from `x` to `x + wide`, `high` millimetres down from `y`. Nothing for what it cannot say.
    pub fn barcode(&mut self, x: f32, wide: f32, high: f32, text: &str) {
        let Ok(code) = Code128::new(format!("\u{0181}{text}")) else { return };
        let modules = code.encode();
        #[allow(clippy::cast_precision_loss)] // some two hundred modules
        let module = wide * MM / modules.len() as f32;
        let bottom = (self.height - self.y - high) * MM;
        let Some(page) = self.pages.last_mut() else { return };
        let mut at = x * MM;
        for dark in modules {
            if dark == 1 {
                page.rect(at, bottom, module, high * MM);
            }
            at += module;
        }
        page.fill_nonzero();
    }

    /// The document.
    pub fn finish(self) -> Vec<u8> {
        let mut pdf = Pdf::new();
        let (catalogue, tree, regular, bold) = (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4));
        let pages: Vec<(Ref, Ref)> =
            (0..).step_by(2).take(self.pages.len()).map(|at| (Ref::new(5 + at), Ref::new(6 + at))).collect();
        pdf.catalog(catalogue).pages(tree);
        let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
        pdf.pages(tree).kids(pages.iter().map(|(page, _)| *page)).count(count);
        for (content, (page_id, content_id)) in self.pages.into_iter().zip(&pages) {
            let mut page = pdf.page(*page_id);
            page.media_box(Rect::new(0.0, 0.0, self.width * MM, self.height * MM)).parent(tree).contents(*content_id);
            page.resources().fonts().pair(REGULAR, regular).pair(BOLD, bold);
            page.finish();
            pdf.stream(*content_id, &content.finish());
        }
        let encoding = Name(b"WinAnsiEncoding");
        pdf.type1_font(regular).base_font(Name(b"Helvetica")).encoding_predefined(encoding);
        pdf.type1_font(bold).base_font(Name(b"Helvetica-Bold")).encoding_predefined(encoding);
        pdf.finish()
    }
}

/// How wide text is, in millimetres. Bold letters are a little wider.
fn width(text: &str, style: Style) -> f32 {
    let one =
        |byte: u8| f32::from(byte.checked_sub(32).and_then(|at| WIDTHS.get(usize::from(at))).copied().unwrap_or(556));
    let sum: f32 = latin(text).into_iter().map(one).sum();
    sum * style.size / 1000.0 * if style.bold { 1.06 } else { 1.0 } / MM
}

fn broken(text: &str, wide: f32, style: Style) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if line.is_empty() || width(&longer, style) <= wide {
            *line = longer;
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// The bytes of WinAnsi; what it does not have becomes a question mark.
fn latin(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '₹' => bytes.extend_from_slice(b"INR "),
            '–' | '—' => bytes.push(b'-'),
            '‘' | '’' => bytes.push(b'\''),
            '“' | '”' => bytes.push(b'"'),
            ' '..='~' | '\u{a0}'..='\u{ff}' => bytes.push(u8::try_from(u32::from(letter)).unwrap_or(b'?')),
            _ => bytes.push(b'?'),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_where_it_is_too_wide_and_measured() {
        assert_eq!(broken("Sona Masoori Rice", 20.0, plain(9.0)), ["Sona Masoori", "Rice"]);
        assert!((width("0000", plain(1000.0 * MM / 4.0)) - 556.0).abs() < 0.5);
        assert_eq!(latin("₹ 5 – é नमस्ते").iter().filter(|byte| **byte == b'?').count(), 6);
    }
}
