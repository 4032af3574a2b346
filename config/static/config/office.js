// What the pages of the admin sites do beside showing: theme, sidebar, filters, tabs. Registered by
// name, because the policy of these pages lets no script be made of text.

const kept = {
  get(name, otherwise) {
    try { return localStorage.getItem(name) ?? otherwise } catch { return otherwise }
  },
  set(name, value) {
    try { localStorage.setItem(name, value) } catch { /* A browser that keeps nothing. */ }
  },
};
const dark = matchMedia("(prefers-color-scheme: dark)");

function theme() {
  return {
    adminTheme: kept.get("office-theme", "auto"),
    systemIsDark: dark.matches,
    filterOpen: false,
    openModal: false,
    openAllApplications: false,
    init() {
      dark.addEventListener("change", (event) => { this.systemIsDark = event.matches });
    },
    switchTheme(name) {
      this.adminTheme = name;
      kept.set("office-theme", name);
    },
    themeBindings: {
      "x-bind:class"() {
        const isDark = this.adminTheme === "dark" || (this.adminTheme === "auto" && this.systemIsDark);
        return isDark ? "dark" : "light";
      },
      "x-on:keydown.escape.window"() { this.filterOpen = false },
    },
  };
}

function frame() {
  return {
    activeTab: "general",
    sidebarMobileOpen: false,
    sidebarDesktopOpen: kept.get("office-sidebar", "1") === "1",
    toggleSidebar() {
      this.sidebarDesktopOpen = !this.sidebarDesktopOpen;
      kept.set("office-sidebar", this.sidebarDesktopOpen ? "1" : "0");
    },
    toggleMobileSidebar() { this.sidebarMobileOpen = !this.sidebarMobileOpen },
  };
}

function searchForm() {
  return {
    applyShortcut(event) {
      const typing = ["INPUT", "TEXTAREA", "SELECT"].includes(event.target.tagName);
      if (event.key === "/" && !typing) {
        event.preventDefault();
        this.$refs.searchInput.focus();
      }
    },
  };
}

document.addEventListener("alpine:init", () => {
  Alpine.data("theme", theme);
  Alpine.data("frame", frame);
  Alpine.data("searchForm", searchForm);
});
