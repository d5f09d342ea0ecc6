"""Who is right: claims, rules, settle, plan, explain. Pure."""
