// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"context"
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Defaults of Config, which are those of the provider block.
const (
	DefaultRequestsPerSecond          = 10
	DefaultAnalyticsRequestsPerSecond = 1
	DefaultMaxRetries                 = 5
	DefaultRequestTimeout             = 30 * time.Second
)

// retryBudget bounds what one call may spend waiting between attempts when its context sets no earlier end.
const retryBudget = 5 * time.Minute

// Config is what a client is made of. OrganizationID, PlatformURL and Token are required.
type Config struct {
	OrganizationID string
	Token          string
	// TokenUnknown makes a client whose every call answers ErrTokenUnknown.
	TokenUnknown bool
	PlatformURL  string // scheme and host
	AnalyticsURL string // includes /rest/ua; AnalyticsURL(PlatformURL) when empty

	// Region and Environment are what the user says about where the organization lives. Only Place tells them back: calls go
	// to the URLs above.
	Region      Region
	Environment Environment

	RequestsPerSecond          float64
	AnalyticsRequestsPerSecond float64
	MaxRetries                 int
	RequestTimeout             time.Duration
	UserAgent                  string

	Clock  Clock                                  // SystemClock when nil
	Jitter func() float64                         // in [0,1); math/rand when nil
	Log    func(ctx context.Context, entry Entry) // nothing is logged when nil
	// Transport replaces the connection pool, for tests.
	Transport http.RoundTripper
}

// Entry is what is logged of one attempt: no body, no query, no token, and the path's template instead of the path.
type Entry struct {
	Operation string
	Method    string
	Path      string
	Status    int // 0 when no answer came
	Attempt   int
	Duration  time.Duration
	RequestID string
	Outcome   string
}

// Client calls one organization with one token. It is safe for use by many goroutines, which share its two rate limits.
type Client struct {
	organization string
	token        string
	tokenUnknown bool
	bases        [2]string // by plane
	region       Region
	environment  Environment
	gates        [3]*gate
	maxRetries   int
	timeout      time.Duration
	userAgent    string
	clock        Clock
	jitter       func() float64
	log          func(context.Context, Entry)
	http         *http.Client

	health  sync.Mutex // guards healthy
	healthy bool       // the usage analytics API has answered at its base URL
}

type plane int

const (
	platformPlane plane = iota
	analyticsPlane
	// storagePlane is wherever Coveo keeps the files of exports. It has no base: every address of it comes from an answer.
	storagePlane
)

// New makes a client. It makes no network call.
func New(config Config) (*Client, error) {
	if config.OrganizationID == "" {
		return nil, fmt.Errorf("the organization ID is missing")
	}
	if !config.TokenUnknown {
		if err := CheckToken(config.Token); err != nil {
			return nil, fmt.Errorf("the access token cannot be used: %w", err)
		}
	}
	if err := CheckPlatformURL(config.PlatformURL); err != nil {
		return nil, fmt.Errorf("the platform URL cannot be used: %w", err)
	}
	if config.AnalyticsURL == "" {
		config.AnalyticsURL = AnalyticsURL(config.PlatformURL)
	}
	if err := CheckAnalyticsURL(config.AnalyticsURL); err != nil {
		return nil, fmt.Errorf("the usage analytics URL cannot be used: %w", err)
	}
	if config.RequestsPerSecond <= 0 {
		config.RequestsPerSecond = DefaultRequestsPerSecond
	}
	if config.AnalyticsRequestsPerSecond <= 0 {
		config.AnalyticsRequestsPerSecond = DefaultAnalyticsRequestsPerSecond
	}
	if config.RequestTimeout <= 0 {
		config.RequestTimeout = DefaultRequestTimeout
	}
	if config.Clock == nil {
		config.Clock = SystemClock{}
	}
	if config.Jitter == nil {
		config.Jitter = rand.Float64
	}
	if config.Log == nil {
		config.Log = func(context.Context, Entry) {}
	}
	if config.Transport == nil {
		config.Transport = newTransport()
	}
	c := &Client{
		organization: config.OrganizationID,
		token:        config.Token,
		tokenUnknown: config.TokenUnknown,
		region:       config.Region,
		environment:  config.Environment,
		maxRetries:   max(config.MaxRetries, 0),
		timeout:      config.RequestTimeout,
		userAgent:    config.UserAgent,
		clock:        config.Clock,
		jitter:       config.Jitter,
		log:          config.Log,
		http: &http.Client{
			Transport: config.Transport,
			// None of these calls is documented to redirect. Following one would hand the bearer to another host, or turn a
			// DELETE into a GET.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	c.bases[platformPlane] = strings.TrimRight(config.PlatformURL, "/")
	c.bases[analyticsPlane] = strings.TrimRight(config.AnalyticsURL, "/")
	c.gates[platformPlane] = newGate(c.clock, config.RequestsPerSecond, platformBurst(config.RequestsPerSecond))
	c.gates[analyticsPlane] = newGate(c.clock, config.AnalyticsRequestsPerSecond, analyticsBurst)
	c.gates[storagePlane] = newGate(c.clock, config.RequestsPerSecond, platformBurst(config.RequestsPerSecond))
	return c, nil
}

// CheckToken says why a text cannot be sent as a bearer token, or nil. The text does not hold the token.
func CheckToken(token string) error {
	if token == "" {
		return fmt.Errorf("it is empty")
	}
	for _, r := range token {
		if r <= ' ' || r > '~' {
			return fmt.Errorf("it holds a blank, a line break or another character that no token has; give the token alone, without a " +
				"line's end and without the word Bearer")
		}
	}
	return nil
}

// OrganizationID is the organization that every call is about.
func (c *Client) OrganizationID() string { return c.organization }

// Place is the region and the environment that this client calls: those of the platform's host where it is one of Coveo's
// own, and else what the user says. What neither tells is empty. The HIPAA platform has no regions.
func (c *Client) Place() (Region, Environment) {
	for _, environment := range Environments() {
		for _, region := range Regions() {
			if PlatformURL(Region(region), Environment(environment)) != c.bases[platformPlane] {
				continue
			}
			if Environment(environment) == EnvironmentHIPAA {
				region = ""
			}
			return Region(region), Environment(environment)
		}
	}
	if c.environment == EnvironmentHIPAA {
		return "", c.environment
	}
	return c.region, c.environment
}

// TokenUnknown tells whether every call will answer ErrTokenUnknown.
func (c *Client) TokenUnknown() bool { return c.tokenUnknown }

// newTransport keeps the environment's proxy and certificate settings, and enough idle connections for the parallel
// workers of a Terraform run: the default of two would open a new connection for most requests.
func newTransport() http.RoundTripper {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          64,
		MaxIdleConnsPerHost:   32,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
	}
}

// operation describes one API call apart from its arguments.
type operation struct {
	name   string
	method string
	// path is the template that errors and logs show. {organization} is filled by the client, the others by the caller,
	// each percent-encoded once as one segment.
	path  string
	plane plane
	// personal marks paths that name a person: Coveo's words about them are not repeated anywhere.
	personal bool
	needs    *Privilege
}

func (op operation) url(base, organization string, segments map[string]string, query url.Values) string {
	path := strings.ReplaceAll(op.path, "{organization}", url.PathEscape(organization))
	for name, value := range segments {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	if op.plane == analyticsPlane {
		// With an API key the organization is implied, with any other token it is required; sending it always suits both.
		if query == nil {
			query = url.Values{}
		}
		query.Set("org", organization)
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return base + path
}
