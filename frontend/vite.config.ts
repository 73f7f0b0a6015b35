import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";

// For `npm run dev`: the server that answers the page.
const { BACKEND = "http://localhost:8002" } = loadEnv("development", ".", "BACKEND");
const ROUTES = ["/assistant", "/resume", "/cancel"];

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: [{ find: /^assistant-cloud(\/.*)?$/, replacement: new URL("no-cloud.ts", import.meta.url).pathname }] },
  server: { proxy: Object.fromEntries(ROUTES.map((route) => [route, BACKEND])) },
  build: {
    // Two files without a hash: Django's collectstatic names them by theirs, and its template refers to them.
    rolldownOptions: {
      input: "src/main.tsx",
      output: { entryFileNames: "chat.js", assetFileNames: "chat.[ext]", codeSplitting: false },
    },
    target: "es2023",
  },
});
