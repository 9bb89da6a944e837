// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package overview tells what usage analytics holds on a person, as counts: the data source coveo_user_overview, and the
// looks that an erasure takes before and after.
package overview

import (
	"context"
	"sync"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// Client is the part of the API client that a reader needs.
type Client interface {
	UserOverview(ctx context.Context, userID string) (coveo.Overview, error)
}

// Reader looks people up for one provider instance, and remembers for that instance's life (one plan, or one apply) what it
// saw. The plan that Terraform makes again at apply and the last check before an erasure share one look that way.
type Reader struct {
	client Client

	mu    sync.Mutex
	looks map[string]*look
}

type look struct {
	mu       sync.Mutex
	done     bool
	overview coveo.Overview
}

// NewReader makes a reader.
func NewReader(client Client) *Reader {
	return &Reader{client: client, looks: map[string]*look{}}
}

// Recent is what was seen of an identifier in this run, or a first look. Failed looks are not remembered.
func (r *Reader) Recent(ctx context.Context, id string) (coveo.Overview, error) {
	l := r.look(id)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done {
		return l.overview, nil
	}
	return r.ask(ctx, id, l)
}

// Fresh asks Coveo now, for what must not be a moment old.
func (r *Reader) Fresh(ctx context.Context, id string) (coveo.Overview, error) {
	l := r.look(id)
	l.mu.Lock()
	defer l.mu.Unlock()
	return r.ask(ctx, id, l)
}

func (r *Reader) look(id string) *look {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.looks[id]
	if l == nil {
		l = &look{}
		r.looks[id] = l
	}
	return l
}

func (r *Reader) ask(ctx context.Context, id string, l *look) (coveo.Overview, error) {
	overview, err := r.client.UserOverview(ctx, id)
	if err != nil {
		return coveo.Overview{}, err
	}
	l.overview, l.done = overview, true
	return overview, nil
}

// Sum adds overviews up: found where any is.
func Sum(overviews []coveo.Overview) coveo.Overview {
	sum := coveo.Overview{Stats: map[string]int64{}}
	for _, o := range overviews {
		sum.Found = sum.Found || o.Found
		sum.Total += o.Total
		for kind, count := range o.Stats {
			sum.Stats[kind] += count
		}
	}
	return sum
}
