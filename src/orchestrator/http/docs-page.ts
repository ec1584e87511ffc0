/** Everything on it comes from this server; its key stays in the page, and goes nowhere else. */
export const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Boardroom: the API</title>
<link rel="icon" href="data:,">
<style>
  body { margin: 0 }
  openapi-explorer { --font-regular: system-ui, sans-serif; --font-mono: ui-monospace, monospace; font-family: system-ui, sans-serif }
</style>
<script type="module" src="/docs/explorer"></script>
</head>
<body>
<openapi-explorer spec-url="/openapi.json" hide-server-selection server-url="/" table="false">
<noscript>This page needs JavaScript; <a href="/openapi.json">the description itself</a> does not.</noscript>
</openapi-explorer>
</body>
</html>
`;
