// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// Region is where an organization's data lives.
type Region string

// The regions that Coveo's own client knows.
const (
	RegionUS Region = "us"
	RegionEU Region = "eu"
	RegionAU Region = "au"
	RegionCA Region = "ca"
)

// Regions lists every region, in the order the documentation uses.
func Regions() []string {
	return []string{string(RegionUS), string(RegionEU), string(RegionAU), string(RegionCA)}
}

// Environment tells the ordinary platform from the HIPAA one.
type Environment string

// The environments an organization can live in.
const (
	EnvironmentProduction Environment = "production"
	EnvironmentHIPAA      Environment = "hipaa"
)

// Environments lists every environment.
func Environments() []string {
	return []string{string(EnvironmentProduction), string(EnvironmentHIPAA)}
}

// PlatformURL is the administration host of a region. The HIPAA platform is one host without regions: Coveo's own client
// ignores the region there.
func PlatformURL(region Region, environment Environment) string {
	if environment == EnvironmentHIPAA {
		return "https://platformhipaa.cloud.coveo.com"
	}
	if region == "" || region == RegionUS {
		return "https://platform.cloud.coveo.com"
	}
	return "https://platform-" + string(region) + ".cloud.coveo.com"
}

// AnalyticsURL is the default base of the usage analytics API beside a platform URL. Coveo's documents alternate between
// the platform host and a host of its own; the newest ones, and Coveo's client, use the platform host.
func AnalyticsURL(platformURL string) string {
	return strings.TrimSuffix(platformURL, "/") + "/rest/ua"
}

// CheckPlatformURL says what is wrong with a platform URL, or nil: a scheme and a host, no path.
func CheckPlatformURL(raw string) error {
	u, err := checkBaseURL(raw)
	if err != nil {
		return err
	}
	if u.Path != "" && u.Path != "/" {
		return fmt.Errorf("it has the path %q; give the scheme and the host only, such as https://platform.cloud.coveo.com", u.Path)
	}
	return nil
}

// CheckAnalyticsURL says what is wrong with a usage analytics URL, or nil: it includes the API's base path.
func CheckAnalyticsURL(raw string) error {
	u, err := checkBaseURL(raw)
	if err != nil {
		return err
	}
	if strings.Trim(u.Path, "/") == "" {
		return fmt.Errorf("it has no path; include the API's base path, such as %s://%s/rest/ua", u.Scheme, u.Host)
	}
	return nil
}

func checkBaseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.Opaque != "" {
		return nil, fmt.Errorf("it is not an absolute URL, such as https://platform.cloud.coveo.com")
	}
	if u.User != nil || strings.ContainsAny(raw, "?#") {
		return nil, fmt.Errorf("it may hold no user name, query or fragment")
	}
	switch u.Scheme {
	case "https":
	case "http":
		if !isLoopback(u.Hostname()) {
			return nil, fmt.Errorf("plain http would send the access token in the open; http is accepted for loopback addresses only, so write https://%s", u.Host)
		}
	default:
		return nil, fmt.Errorf("its scheme is %q; write https", u.Scheme)
	}
	return u, nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
