// Draws each chart from the figures beside it, in the colours of the theme; the table below holds the same figures.
(() => {
  if (window.guijuCharts) return;
  window.guijuCharts = new Map();
  const colour = (name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };
  const option = (figure) => {
    const data = JSON.parse(document.getElementById(figure.dataset.chartSource).textContent);
    const line = colour("--gj-line");
    const muted = colour("--gj-muted");
    const kind = figure.dataset.chart;
    return {
      animationDuration: 250,
      color: [colour("--gj-accent"), colour("--gj-info"), colour("--gj-warning"), colour("--gj-danger")],
      grid: { left: 4, right: 12, top: 20, bottom: data.series.length > 1 ? 32 : 4, containLabel: true },
      legend: data.series.length > 1 ? { bottom: 0, textStyle: { color: muted }, itemWidth: 10, itemHeight: 10 } : undefined,
      tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: kind === "bar" ? "shadow" : "line" } },
      xAxis: { type: "category", data: data.labels, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: muted } },
      yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: line } }, axisLabel: { color: muted } },
      series: data.series.map((one) => ({ name: one.name, type: kind, data: one.values, barMaxWidth: 22, symbolSize: 5, itemStyle: { borderRadius: kind === "bar" ? [3, 3, 0, 0] : 0 } })),
    };
  };
  const draw = () => {
    document.querySelectorAll("[data-chart]").forEach((figure) => {
      figure.classList.add("gj-ready");
      let chart = window.guijuCharts.get(figure);
      if (!chart) {
        chart = window.echarts.init(figure.querySelector(".gj-chart-canvas"));
        window.guijuCharts.set(figure, chart);
      }
      chart.setOption(option(figure), true);
    });
  };
  draw();
  document.addEventListener("guiju:theme", draw);
  window.addEventListener("resize", () => window.guijuCharts.forEach((chart) => chart.resize()));
})();
