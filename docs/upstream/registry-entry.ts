import type { ExampleItem } from "@/lib/examples";

export const entry: ExampleItem = {
  title: "Django (Assistant Transport)",
  image: "/screenshot/examples/assistant-transport-django.png",
  description:
    "Django ASGI backend for the assistant-transport protocol: streaming, tools, and replies that survive a reload.",
  link: "/examples/assistant-transport-django",
  githubLink:
    "https://github.com/assistant-ui/assistant-ui/tree/main/python/assistant-transport-backend-django",
};
