#include "bench/report/style.hpp"

namespace palabre::bench {

const std::string_view page_style = R"css(
:root {
  color-scheme: light dark;
  --ground: #f7f7f5; --card: #ffffff; --ink: #1b1d21; --soft: #5c626d; --rule: #e2e3e0; --grid: #e8e9e6;
  --series-0: #2457d6; --series-1: #c96a00; --series-2: #b3246b; --series-3: #0c857a;
  --good: #0d7a3e; --bad: #c02626; --bad-ground: #fdeceb; --warn: #8a5a00; --warn-ground: #fdf3dc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14161a; --card: #1d2026; --ink: #eceef2; --soft: #a0a7b4; --rule: #31353e; --grid: #2b2f37;
    --series-0: #7fa6ff; --series-1: #f4a94a; --series-2: #f47fb5; --series-3: #4fd0c2;
    --good: #5fd38d; --bad: #ff8a80; --bad-ground: #3a1d1d; --warn: #f0c060; --warn-ground: #362c14;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); line-height: 1.5;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 64px; }
h1, h2, h3, p { margin: 0; }
h1 { font-size: 30px; letter-spacing: -0.01em; }
h2 { font-size: 27px; line-height: 1.25; letter-spacing: -0.01em; max-width: 32em; text-wrap: balance; }
h3 { font-size: 15px; font-weight: 600; margin-bottom: 10px; }
a { color: var(--series-0); }
.scenario { color: var(--series-0); font-weight: 650; letter-spacing: 0.02em; }
.target { color: var(--soft); margin-top: 8px; overflow-wrap: anywhere; }
.target strong { color: var(--ink); }
.result { margin-top: 56px; }
.result:first-child { margin-top: 0; }
.contents { margin: 20px 0 48px; padding: 0; list-style: none; }
.contents li { padding: 8px 0; border-top: 1px solid var(--rule); display: flex; gap: 16px; justify-content: space-between; }
.contents .number { white-space: nowrap; }
.grid-2 { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 16px; margin-top: 16px; }
.grid-3 { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); gap: 16px; margin-top: 16px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 220px), 1fr)); gap: 16px; margin-top: 16px; }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 18px 20px; margin-top: 16px; min-width: 0; }
.grid-2 > .card, .grid-3 > .card, .cards > .card { margin-top: 0; }
.headline { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 48px; margin-top: 24px; padding: 26px 28px; }
.headline .strip { width: 320px; max-width: 100%; }
.name { color: var(--soft); font-size: 15px; }
.value { font-weight: 680; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; line-height: 1.15; font-size: 28px; }
.headline .value { font-size: 72px; letter-spacing: -0.035em; }
.headline .value .unit { font-size: 32px; }
.unit { font-weight: 500; color: var(--soft); letter-spacing: 0; font-size: 0.62em; }
.spread { color: var(--soft); font-size: 14px; font-variant-numeric: tabular-nums; }
.number { font-variant-numeric: tabular-nums; }
.notice { border-radius: 12px; padding: 14px 20px; margin-top: 16px; border: 1px solid; }
.notice p + p { margin-top: 4px; }
.notice.bad { color: var(--bad); background: var(--bad-ground); }
.notice.warn { color: var(--warn); background: var(--warn-ground); }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 15px; }
th, td { text-align: right; padding: 7px 0 7px 18px; border-top: 1px solid var(--rule); vertical-align: top; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal; }
thead th { border-top: 0; color: var(--soft); font-weight: 500; }
tbody th { font-weight: 500; }
td .spread, th .spread { display: block; font-size: 12.5px; font-weight: 400; }
th.group { border-left: 2px solid var(--rule); text-align: left; color: var(--ink); font-weight: 600; }
td.first, th.first { border-left: 2px solid var(--rule); }
.peers tbody th { min-width: 15em; overflow-wrap: anywhere; }
.peers th, .peers td { padding-right: 2px; } .peers .group, .peers .first { padding-left: 20px; }
.peers td, .peers thead tr + tr th { padding-right: 10px; }
.peers thead tr + tr th { border-top: 0; text-align: right; white-space: nowrap; padding-left: 18px; }
dl { display: grid; grid-template-columns: minmax(8em, max-content) 1fr; gap: 5px 20px; margin: 0; font-size: 15px; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
details { margin-top: 10px; font-size: 14px; } summary { cursor: pointer; color: var(--soft); width: max-content; }
details .scroll { max-height: 340px; overflow-y: auto; margin-top: 8px; } details table { font-size: 13px; }
.stacks { margin-top: 0; row-gap: 0; }
.verdict { font-size: 15px; margin-top: 12px; }
.note { color: var(--soft); font-size: 14px; margin-top: 12px; max-width: 70em; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; }
svg .grid { stroke: var(--grid); stroke-width: 1; }
svg .strip .grid, .strip .grid { stroke: var(--rule); stroke-width: 1.5; }
.strip { margin-top: 10px; max-width: 320px; } .strip text { font-size: 11px; } .strip .dot { fill: var(--series-0); fill-opacity: 0.65; }
.chart.wide { min-width: 680px; }
.line { fill: none; stroke: var(--series); stroke-width: 2; stroke-opacity: 0.55; stroke-linejoin: round; stroke-linecap: round; }
.line:hover { stroke-width: 3.5; stroke-opacity: 1; }
.line.failed { stroke-dasharray: 3 5; }
.key { stroke: var(--series); stroke-width: 3.5; stroke-linecap: round; }
.series-0 { --series: var(--series-0); } .series-1 { --series: var(--series-1); }
.series-2 { --series: var(--series-2); } .series-3 { --series: var(--series-3); }
.bars { display: grid; grid-template-columns: minmax(8em, max-content) 1fr max-content; gap: 10px 16px; align-items: center; }
.bars .label { max-width: 17em; overflow-wrap: anywhere; line-height: 1.25; }
.grid-3 .bars { grid-template-columns: 1fr max-content; gap: 2px 16px; } .grid-3 .label { grid-column: 1 / -1; max-width: none; margin-top: 6px; }
.bars svg { height: 22px; } .bars .number { text-align: right; font-weight: 600; }
.bar { fill: var(--series-0); } .bar.other { fill-opacity: 0.45; } .whisker { stroke: var(--ink); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
footer { color: var(--soft); font-size: 14px; margin-top: 48px; border-top: 1px solid var(--rule); padding-top: 16px; }
@media print {
  :root { --ground: #fff; --card: #fff; --ink: #000; --soft: #444; --rule: #ccc; --grid: #e4e4e4;
    --series-0: #2457d6; --series-1: #c96a00; --series-2: #b3246b; --series-3: #0c857a;
    --good: #0d7a3e; --bad: #c02626; --bad-ground: #fff; --warn: #8a5a00; --warn-ground: #fff; color-scheme: light; }
  main { padding: 0; max-width: none; } details, .contents a::after { display: none; }
  .card, .notice, tr { break-inside: avoid; } .chart.wide { min-width: 0; } .result { break-before: page; margin-top: 0; }
  .result:first-child { break-before: auto; }
}
)css";

} // namespace palabre::bench
