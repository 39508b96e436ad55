package io.interlinkgateway.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.interlinkgateway.job.Workspace;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkspaceRulesTests {

    private static final String MEMBER =
            "urn:mace:egi.eu:group:vo.example.eu:role=member#aai.egi.eu";

    private static SecurityProperties.Rule value(
            String claim, String value, String workspace, Role role) {
        return new SecurityProperties.Rule(claim, value, null, workspace, role);
    }

    private static SecurityProperties.Rule pattern(String claim, String pattern, String workspace) {
        return new SecurityProperties.Rule(claim, null, pattern, workspace, Role.SUBMITTER);
    }

    private static Map<Workspace, Role> of(
            Map<String, Object> claims, SecurityProperties.Rule... rules) {
        return new WorkspaceRules(List.of(rules)).workspacesOf(claims);
    }

    @Test
    void anEntitlementOfEgiGivesItsWorkspace() {
        assertThat(
                        of(
                                Map.of("entitlements", List.of("urn:other", MEMBER)),
                                value("entitlements", MEMBER, "vo-example", Role.SUBMITTER)))
                .isEqualTo(Map.of(new Workspace("vo-example"), Role.SUBMITTER));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "urn:mace:egi.eu:group:vo-example.eu:role=member#aai.egi.eu",
                "urn:mace:egi.eu:group:vo.example.eu:role=member#aai.egi.eu ",
                "urn:mace:egi.eu:group:vo.example.eu:role=member#aai.egi.eu.evil.org",
                "URN:MACE:EGI.EU:GROUP:VO.EXAMPLE.EU:ROLE=MEMBER#AAI.EGI.EU"
            })
    void aValueIsTheWholeTextAndNoPattern(String similar) {
        assertThat(
                        of(
                                Map.of("entitlements", List.of(similar)),
                                value("entitlements", MEMBER, "vo-example", Role.SUBMITTER)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "climate, vo-climate",
        "vo.example.eu, vo-vo-example-eu-04eee4d3ce675a29a7f4",
        "Climate, vo-climate-8ea63c4b643c9a3fd643"
    })
    void aPatternNamesTheWorkspaceAfterItsGroup(String group, String workspace) {
        assertThat(
                        of(
                                Map.of(
                                        "entitlements",
                                        List.of(
                                                "urn:mace:egi.eu:group:"
                                                        + group
                                                        + ":role=member#aai.egi.eu")),
                                pattern(
                                        "entitlements",
                                        "urn:mace:egi\\.eu:group:([^:]+):role=member#aai\\.egi\\.eu",
                                        "vo-$1")))
                .containsOnlyKeys(new Workspace(workspace));
    }

    @Test
    void groupsThatDifferNeverShareAWorkspace() {
        List<String> groups =
                List.of("a.b", "a-b", "a_b", "A-b", "a--b", "x".repeat(100), "x".repeat(101), "ü");

        assertThat(of(Map.of("groups", groups), pattern("groups", "(.+)", "$1")))
                .hasSameSizeAs(groups);
    }

    /// Who may name a group could else name it like the workspace of another.
    @Test
    void noPlainNameIsTheWorkspaceOfAnotherGroup() {
        SecurityProperties.Rule rule = pattern("groups", "/(.+)", "group-$1");
        Workspace hashed = of(Map.of("groups", "/Team A"), rule).keySet().iterator().next();
        String twin = "/" + hashed.value().substring("group-".length());

        assertThat(of(Map.of("groups", twin), rule)).hasSize(1).doesNotContainKey(hashed);
        assertThat(hashed.value()).matches("group-team-a-[0-9a-f]{20}");
        assertThat(of(Map.of("groups", "/team-0123456789"), rule))
                .containsOnlyKeys(new Workspace("group-team-0123456789"));
    }

    @Test
    void theNameIsMadeOfTheWholeMatch() {
        assertThat(of(Map.of("groups", "b-admin"), pattern("groups", "(.)|(.)-admin", "x$1$2")))
                .containsOnlyKeys(new Workspace("xb"));
        assertThat(of(Map.of("groups", "team"), pattern("groups", "(.+?)", "vo-$1")))
                .containsOnlyKeys(new Workspace("vo-team"));
    }

    @ParameterizedTest
    @CsvSource({"((a|a)*)*b", "(.*)(.*)(.*)(.*)(.*)(.*)(.*)=", "(a*)*c", "(a+)+$b"})
    void noTextMakesAPatternSlow(String pattern) {
        Map<String, Object> claims =
                Map.of("groups", Collections.nCopies(100, "a".repeat(1024) + "!"));

        assertThat(
                        assertTimeoutPreemptively(
                                Duration.ofSeconds(20),
                                () -> of(claims, pattern("groups", pattern, "x"))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(?=a)a",
                "(?!kube)(.+)",
                "(?<=x)a",
                "(?<!x)a",
                "(a)\\1",
                "a++",
                "(?>a)",
                "("
            })
    void aPatternThatMayTakeLongIsRefusedAtTheStart(String pattern) {
        assertThatThrownBy(() -> pattern("groups", pattern, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The pattern " + pattern)
                .hasMessageContaining("RE2")
                .hasMessageContaining("or one rule with a value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vo-$", "$x", "a\\b", "${name}"})
    void aTemplateThatFitsNothingIsRefusedAtTheStart(String workspace) {
        assertThatThrownBy(() -> pattern("groups", "(?P<name>.+)", workspace))
                .hasMessageContaining("Write $1 to $9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kube-system", "default", "interlink-gateway"})
    void noGroupLeadsIntoTheClustersOwnNamespaces(String group) {
        assertThat(of(Map.of("groups", List.of(group)), pattern("groups", "(.+)", "$1"))).isEmpty();
    }

    @Test
    void theFirstRuleNamesTheOwnWorkspaceAndTheHighestRoleCounts() {
        Map<Workspace, Role> workspaces =
                of(
                        Map.of("sub", "ada", "groups", List.of("b", "a", "b-admins")),
                        value("sub", "ada", "home", Role.ADMIN),
                        value("groups", "a", "a", Role.VIEWER),
                        value("groups", "b-admins", "b", Role.ADMIN),
                        value("groups", "b", "b", Role.VIEWER));

        assertThat(workspaces)
                .isEqualTo(
                        Map.of(
                                new Workspace("home"), Role.ADMIN,
                                new Workspace("a"), Role.VIEWER,
                                new Workspace("b"), Role.ADMIN));
        assertThat(workspaces.keySet()).first().isEqualTo(new Workspace("home"));
    }

    @Test
    void aClaimMayLieDeeper() {
        assertThat(
                        of(
                                Map.of("realm_access", Map.of("roles", List.of("hpc"))),
                                value("realm_access.roles", "hpc", "hpc", Role.SUBMITTER)))
                .containsOnlyKeys(new Workspace("hpc"));
    }

    @Test
    void aNameWithDotsIsFoundAsItIs() {
        assertThat(
                        of(
                                Map.of("https://example.org/groups", "hpc"),
                                value("https://example.org/groups", "hpc", "hpc", Role.SUBMITTER)))
                .containsOnlyKeys(new Workspace("hpc"));
    }

    @Test
    void claimsOfAnotherShapeGiveNothing() {
        assertThat(
                        of(
                                Map.of(
                                        "groups",
                                        List.of(1, List.of("hpc"), Map.of("hpc", "hpc")),
                                        "sub",
                                        7,
                                        "realm_access",
                                        "hpc"),
                                value("groups", "hpc", "hpc", Role.SUBMITTER),
                                value("sub", "7", "hpc", Role.SUBMITTER),
                                value("realm_access.roles", "hpc", "hpc", Role.SUBMITTER),
                                value("missing.roles", "hpc", "hpc", Role.SUBMITTER)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({", ", "a, a"})
    void aRuleHasAValueOrAPattern(@Nullable String value, @Nullable String pattern) {
        assertThatThrownBy(() ->
                        new SecurityProperties.Rule("groups", value, pattern, "hpc", Role.VIEWER))
                .hasMessageContaining("either a value or a pattern");
    }

    @Test
    void aTemplateWithoutItsGroupIsRefusedAtOnce() {
        assertThatThrownBy(() -> of(Map.of(), pattern("groups", ".+", "vo-$1")))
                .hasMessageContaining("no such group");
    }
}
