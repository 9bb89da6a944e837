// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// answered is one answer as it came, before the client makes all forms of it one.
type answered struct {
	status int
	body   []byte
}

// tap passes requests on and remembers the last answer.
type tap struct {
	mu   sync.Mutex
	last answered
}

func (t *tap) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, 8<<20))
	if closeErr := response.Body.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	if !strings.HasSuffix(request.URL.Path, "/health") {
		// The client asks for the API's health by itself, to tell one kind of 404 from another.
		t.mu.Lock()
		t.last = answered{response.StatusCode, body}
		t.mu.Unlock()
	}
	return response, nil
}

func (t *tap) answer() answered {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// send makes a request that the client has no call for. Its errors hold neither the URL nor the token.
func send(ctx context.Context, method, target, token string, in any) (answered, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var body io.Reader
	if in != nil {
		payload, err := json.Marshal(in)
		if err != nil {
			return answered{}, err
		}
		body = bytes.NewReader(payload)
	}
	request, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return answered{}, errors.New("the address cannot be used")
	}
	request.Header.Set("Accept", "application/json")
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	// The token must reach no other host, so redirects are not followed.
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		var urlError *url.Error
		if errors.As(err, &urlError) {
			err = urlError.Err
		}
		return answered{}, fmt.Errorf("no answer: %w", err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(io.LimitReader(response.Body, 8<<20))
	return answered{response.StatusCode, content}, err
}

// word is the status, with Coveo's code for it where there is one that looks like a code.
func (a answered) word() string {
	var failure struct {
		ErrorCode string `json:"errorCode"`
		Type      string `json:"type"`
	}
	text := fmt.Sprintf("HTTP %d", a.status)
	if a.status >= 400 && json.Unmarshal(a.body, &failure) == nil {
		for _, code := range []string{failure.ErrorCode, failure.Type} {
			if code != "" && !strings.ContainsFunc(code, func(r rune) bool { return r != '_' && (r < 'A' || r > 'z') }) {
				return text + " " + code
			}
		}
	}
	return text
}

// fields are the members of a JSON object, undecoded.
func fields(raw []byte) map[string]json.RawMessage {
	var object map[string]json.RawMessage
	_ = json.Unmarshal(raw, &object)
	return object
}
