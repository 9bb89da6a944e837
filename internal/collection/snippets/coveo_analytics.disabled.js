// Run this in place of loading coveoua.js: what the page still calls does nothing.
window.coveoua = () => {};

// Spread this last into the options of CoveoSearchPageClient, CoveoInsightClient and CaseAssistClient.
const clientOptions = {
  enableAnalytics: false,
};
