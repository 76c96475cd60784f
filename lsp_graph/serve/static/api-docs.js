// Shows the OpenAPI document on the page that loads this.
SwaggerUIBundle({ url: "openapi.json", dom_id: "#documentation", deepLinking: true });
