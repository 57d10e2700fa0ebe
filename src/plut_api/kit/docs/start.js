"use strict";

// The page calls the server it came from, whatever servers the contract names; a page elsewhere would be refused anyway.
fetch("openapi.json")
  .then((answer) => answer.json())
  .then((contract) => {
    contract.servers = [{ url: new URL(".", document.baseURI).href.replace(/\/$/, "") }];
    SwaggerUIBundle({
      spec: contract,
      dom_id: "#contract",
      deepLinking: true,
      docExpansion: "none",
      filter: true,
      operationsSorter: null,
      persistAuthorization: false,
      validatorUrl: null,
    });
  });
