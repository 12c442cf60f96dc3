"""No models. Django sends ``post_migrate`` only for apps with this module, and the grants of the
database roles follow that signal."""
