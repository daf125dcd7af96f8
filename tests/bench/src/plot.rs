//! How cost grows with the number of policies, drawn.

use anyhow::{Result, anyhow};
use plotters::backend::SVGBackend;
use plotters::{
    chart::{ChartBuilder, SeriesLabelPosition},
    coord::{Shift, combinators::IntoLogRange as _},
    drawing::{DrawingArea, IntoDrawingArea as _},
    element::{Circle, PathElement},
    series::LineSeries,
    style::{BLACK, Color as _, RGBColor, ShapeStyle, WHITE},
};

use crate::sets::SIZES;

/// Panels beside each other, with the same scales.
#[derive(Debug)]
pub(crate) struct Plot {
    pub(crate) panels: Vec<Panel>,
}

/// Lines in one field.
#[derive(Debug)]
pub(crate) struct Panel {
    pub(crate) title: String,
    /// From the highest to the lowest, as the legend has them; there are colours for five.
    pub(crate) lines: Vec<Line>,
}

/// One thing, measured with sets of each size.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    /// The number of policies, and nanoseconds a packet.
    pub(crate) points: Vec<(usize, f64)>,
}

/// The width and the height of a panel.
const SIZE: (u32, u32) = (460, 400);

/// Told apart by the colour-blind too, on white.
const COLOURS: [RGBColor; 5] = [
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0x66, 0x66, 0x66),
];

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

impl Plot {
    /// As a document of its own.
    pub(crate) fn svg(&self) -> Result<String> {
        let mut text = String::new();
        let (width, height) = SIZE;
        let size = (width * u32::try_from(self.panels.len())?, height);
        let drawn = self.draw(&SVGBackend::with_string(&mut text, size).into_drawing_area());
        drawn.map_err(|error| anyhow!("cannot draw: {error}"))?;
        Ok(text)
    }

    fn draw(&self, root: &Area<'_>) -> Result<()> {
        root.fill(&WHITE)?;
        let scale = self.scale();
        for (area, panel) in root.split_evenly((1, self.panels.len())).iter().zip(&self.panels) {
            panel.draw(area, scale)?;
        }
        Ok(root.present()?)
    }

    /// The powers of ten around all points.
    fn scale(&self) -> (f64, f64) {
        let points = self.panels.iter().flat_map(Panel::points);
        let range = points.fold((f64::MAX, f64::MIN), |(least, most), (_, nanoseconds)| {
            (least.min(nanoseconds), most.max(nanoseconds))
        });
        (10_f64.powf(range.0.log10().floor()), 10_f64.powf(range.1.log10().ceil()))
    }
}

impl Panel {
    fn points(&self) -> impl Iterator<Item = (f64, f64)> {
        self.lines.iter().flat_map(Line::points)
    }

    fn draw(&self, area: &Area<'_>, (least, most): (f64, f64)) -> Result<()> {
        let sizes = number(SIZES[0])..number(SIZES[SIZES.len() - 1]);
        let mut chart = ChartBuilder::on(area)
            .caption(&self.title, ("sans-serif", 18))
            .margin(12)
            .margin_right(28)
            .x_label_area_size(42)
            .y_label_area_size(60)
            .build_cartesian_2d(sizes.log_scale(), (least..most).log_scale())?;
        chart
            .configure_mesh()
            .x_desc("policies")
            .y_desc("ns a packet")
            .x_label_formatter(&f64::to_string)
            .y_label_formatter(&f64::to_string)
            .label_style(("sans-serif", 13))
            .bold_line_style(BLACK.mix(0.2))
            .light_line_style(BLACK.mix(0.05))
            .draw()?;
        for (line, colour) in self.lines.iter().zip(COLOURS) {
            let style = ShapeStyle::from(colour).stroke_width(2);
            chart
                .draw_series(LineSeries::new(line.points(), style))?
                .label(&line.name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
            chart.draw_series(line.points().map(|at| Circle::new(at, 3, colour.filled())))?;
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.85))
            .border_style(BLACK.mix(0.3))
            .label_font(("sans-serif", 13))
            .draw()?;
        Ok(())
    }
}

impl Line {
    /// On scales that have no zero.
    fn points(&self) -> impl Iterator<Item = (f64, f64)> {
        self.points.iter().map(|(size, nanoseconds)| (number(*size), nanoseconds.max(1.0)))
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are no more than some thousand policies")]
fn number(size: usize) -> f64 {
    size as f64
}
