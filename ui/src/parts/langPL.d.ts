declare module 'echarts/lib/i18n/langPL.js' {
  const words: Record<string, unknown>;
  export default words;
}
