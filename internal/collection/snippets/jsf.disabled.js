// Run this before Coveo.init: without the element the framework logs nothing.
for (const element of document.querySelectorAll('.CoveoAnalytics')) {
  element.remove();
}
