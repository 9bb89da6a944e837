// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo_test

import (
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

func TestPlatformURL_OfEveryRegionAndEnvironment(t *testing.T) {
	for _, test := range []struct {
		region      coveo.Region
		environment coveo.Environment
		want        string
	}{
		{"", "", "https://platform.cloud.coveo.com"},
		{"us", "production", "https://platform.cloud.coveo.com"},
		{"eu", "production", "https://platform-eu.cloud.coveo.com"},
		{"au", "", "https://platform-au.cloud.coveo.com"},
		{"ca", "", "https://platform-ca.cloud.coveo.com"},
		{"", "hipaa", "https://platformhipaa.cloud.coveo.com"},
		{"eu", "hipaa", "https://platformhipaa.cloud.coveo.com"},
	} {
		equal(t, string(test.region)+string(test.environment), coveo.PlatformURL(test.region, test.environment), test.want)
	}
	equal(t, "analytics", coveo.AnalyticsURL("https://platform.cloud.coveo.com/"), "https://platform.cloud.coveo.com/rest/ua")
}

func TestBaseURLs_SayWhatIsWrong(t *testing.T) {
	for raw, says := range map[string][2]string{ // for platform_url, for analytics_url; "" is accepted
		"https://h.example":                  {"", "no path"},
		"https://h.example/":                 {"", "no path"},
		"https://h.example/rest/ua":          {`the path "/rest/ua"`, ""},
		"https://h.example/rest/ua/":         {`the path`, ""},
		"https://h.example:8443/x":           {"the path", ""},
		"https://h.example//":                {"the path", "no path"},
		"http://127.0.0.1:8080":              {"", "http://127.0.0.1:8080/rest/ua"},
		"http://127.9.9.9/x":                 {"the path", ""},
		"http://[::1]:8080/x":                {"the path", ""},
		"http://localhost:1/x":               {"the path", ""},
		"http://h.example/x":                 {"https://h.example", "https://h.example"},
		"http://127.0.0.1.evil.example/x":    {"loopback", "loopback"},
		"http://localhost.evil.example/x":    {"loopback", "loopback"},
		"http://0.0.0.0/x":                   {"loopback", "loopback"},
		"http://169.254.169.254/x":           {"loopback", "loopback"},
		"ftp://h.example/x":                  {`"ftp"`, `"ftp"`},
		"h.example":                          {"absolute", "absolute"},
		"h.example:443":                      {"absolute", "absolute"},
		"":                                   {"absolute", "absolute"},
		"https://":                           {"absolute", "absolute"},
		"https://:443/x":                     {"absolute", "absolute"},
		"https:h.example":                    {"absolute", "absolute"},
		"https://h.example/x\n":              {"absolute", "absolute"},
		"https://h.example/x?a=b":            {"query", "query"},
		"https://h.example/x?":               {"query", "query"},
		"https://h.example?":                 {"query", "query"},
		"https://h.example#":                 {"fragment", "fragment"},
		"https://h.example/x#f":              {"fragment", "fragment"},
		"https://me:passw0rd@h.example/x":    {"user name", "user name"},
		"https://xxtoken-in-user@h.example/": {"user name", "user name"},
	} {
		for i, check := range []func(string) error{coveo.CheckPlatformURL, coveo.CheckAnalyticsURL} {
			err := check(raw)
			switch {
			case says[i] == "" && err != nil:
				t.Errorf("%q was refused: %v", raw, err)
			case says[i] != "" && err == nil:
				t.Errorf("%q was accepted by check %d", raw, i)
			case says[i] != "":
				contains(t, err.Error(), says[i])
				if strings.Contains(err.Error(), "passw0rd") || strings.Contains(err.Error(), "xxtoken") {
					t.Errorf("%v shows a secret", err)
				}
			}
		}
	}
}

func TestNew_SaysWhatIsMissing(t *testing.T) {
	good := coveo.Config{OrganizationID: "o", Token: "t", PlatformURL: "https://h.example"}
	for says, edit := range map[string]func(*coveo.Config){
		"organization ID is missing": func(c *coveo.Config) { c.OrganizationID = "" },
		"it is empty":                func(c *coveo.Config) { c.Token = "" },
		"platform URL":               func(c *coveo.Config) { c.PlatformURL = "http://h.example" },
		"usage analytics URL":        func(c *coveo.Config) { c.AnalyticsURL = "https://h.example" },
	} {
		config := good
		edit(&config)
		_, err := coveo.New(config)
		if err == nil {
			t.Fatalf("accepted without %s", says)
		}
		contains(t, err.Error(), says)
	}
	if _, err := coveo.New(good); err != nil {
		t.Error(err)
	}
}

func TestToken_ThatCannotBeSentIsRefusedWithoutShowingIt(t *testing.T) {
	for _, bad := range []string{"xxsecret\n", "Bearer xxsecret", " xxsecret", "xxsecret\r\nX-Injected: 1", "xxsécret", "xxsecret\x00"} {
		_, err := coveo.New(coveo.Config{OrganizationID: "o", Token: bad, PlatformURL: "https://h.example"})
		if err == nil {
			t.Errorf("%q was accepted", bad)
			continue
		}
		contains(t, err.Error(), "line break", "Bearer")
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("the token is shown: %v", err)
		}
	}
}

func TestPlace_TheHostOfCoveosOwnWins(t *testing.T) {
	for name, test := range map[string]struct {
		url         string
		region      coveo.Region
		environment coveo.Environment
		want        string
	}{
		"the default":                  {"https://platform.cloud.coveo.com", "", "", "us production"},
		"Europe":                       {"https://platform-eu.cloud.coveo.com/", "", "", "eu production"},
		"a host that contradicts":      {"https://platform-eu.cloud.coveo.com", "us", "hipaa", "eu production"},
		"HIPAA, which has no regions":  {"https://platformhipaa.cloud.coveo.com", "eu", "", " hipaa"},
		"another host":                 {"https://acme.admin.org.coveo.com", "", "", " "},
		"another host and what is set": {"https://acme.admin.org.coveo.com", "ca", "production", "ca production"},
		"another host said HIPAA":      {"https://acme.admin.orghipaa.coveo.com", "ca", "hipaa", " hipaa"},
	} {
		client := newClient(t, test.url, func(c *coveo.Config) { c.Region, c.Environment = test.region, test.environment })
		region, environment := client.Place()
		equal(t, name, string(region)+" "+string(environment), test.want)
	}
}
